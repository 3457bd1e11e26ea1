//! Whatever a provider streams: no piece of it makes two events of one, and where it is split makes no difference.
#![no_main]

use alias_server_fuzz::openai::events;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let whole = events([bytes]);
    for (name, data) in whole.iter().flatten() {
        // What goes out as one line to the client stays one line.
        assert!(!data.is_empty() && !data.iter().any(|byte| b"\r\n".contains(byte)), "{data:?}");
        assert!(name.len() <= 64 && name.iter().all(u8::is_ascii_graphic), "{name:?}");
    }
    assert!(whole.iter().flatten().map(|(name, data)| name.len() + data.len()).sum::<usize>() <= bytes.len());
    assert_eq!(events(bytes.chunks(1)), whole);
    let size = bytes.first().map_or(2, |first| usize::from(first % 16) + 2);
    assert_eq!(events(bytes.chunks(size)), whole);
});
