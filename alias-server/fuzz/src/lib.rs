//! The parts of the server that read what strangers send, compiled alone: all of it takes minutes with a fuzzer's flags.

pub mod error;
pub mod members;

#[path = "../../src/openai"]
pub mod openai {
    //! The server's own files; what else they need of it is in [`crate::error`].

    pub mod body;
    pub mod fields;
    mod sse;
    pub mod steering;

    /// An event's name and data; `None` for a comment.
    pub type Event = Option<(Vec<u8>, Vec<u8>)>;

    /// The events of a stream that arrives in these pieces, as far as it is read.
    pub fn events<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Event> {
        let (mut reader, mut all) = (sse::EventReader::default(), Vec::new());
        for mut piece in pieces {
            while let Ok(Some(item)) = reader.next(&mut piece) {
                all.push(match item {
                    sse::Item::Event { name, data } => Some((name.to_vec(), data.to_vec())),
                    sse::Item::Comment => None,
                });
            }
        }
        all
    }
}
