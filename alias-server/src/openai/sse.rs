//! Server-sent events out of bytes that arrive in pieces of any size.

/// The most bytes of one event: an image in base64 and a whole response of the Responses API fit.
pub(super) const MAX_EVENT: usize = 16 << 20;

/// Reads events (WHATWG HTML, section 9.2.6). Every kind of line end is one, since clients take them so.
#[derive(Debug, Default)]
pub(super) struct EventReader {
    /// The line that is not whole yet.
    line: Vec<u8>,
    data: Vec<u8>,
    name: Vec<u8>,
    /// The event in `data` and `name` was handed out.
    handed_out: bool,
    /// The last line ended in CR: an LF after it belongs to it.
    after_cr: bool,
    /// The byte order mark may stand in the first line only.
    begun: bool,
}

/// What a stream holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Item<'a> {
    /// An event.
    Event {
        /// Its name; empty where it has none.
        name: &'a [u8],
        /// Its data, on one line.
        data: &'a [u8],
    },
    /// A comment: a sign of life. Its text is the upstream's own affair.
    Comment,
}

/// An event of more than [`MAX_EVENT`] bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

enum Line {
    EndsEvent,
    Comment,
    Field,
}

impl EventReader {
    /// The next item of `chunk`, whose read part is cut off; `None` when more bytes are needed.
    ///
    /// # Errors
    /// The event is too long; the reader is of no use then.
    pub(super) fn next<'a>(&'a mut self, chunk: &mut &[u8]) -> Result<Option<Item<'a>>, TooLong> {
        if std::mem::take(&mut self.handed_out) {
            self.clear_event();
        }
        loop {
            if !chunk.is_empty() && std::mem::take(&mut self.after_cr) {
                *chunk = chunk.strip_prefix(b"\n").unwrap_or(chunk);
            }
            let Some(end) = memchr::memchr2(b'\n', b'\r', chunk) else {
                self.line.extend_from_slice(chunk);
                *chunk = &[];
                return self.bounded(self.line.len()).map(|()| None);
            };
            let (line, rest) = chunk.split_at(end);
            self.after_cr = rest.first() == Some(&b'\r');
            *chunk = rest.get(1..).unwrap_or_default();
            match self.line(line)? {
                Line::EndsEvent if !self.data.is_empty() => {
                    self.handed_out = true;
                    return Ok(Some(Item::Event { name: &self.name, data: &self.data }));
                }
                Line::EndsEvent => self.clear_event(),
                Line::Comment => return Ok(Some(Item::Comment)),
                Line::Field => {}
            }
        }
    }

    fn clear_event(&mut self) {
        self.data.clear();
        self.name.clear();
    }

    fn bounded(&self, more: usize) -> Result<(), TooLong> {
        if self.data.len() + more > MAX_EVENT { Err(TooLong) } else { Ok(()) }
    }

    fn line(&mut self, end: &[u8]) -> Result<Line, TooLong> {
        self.bounded(self.line.len() + end.len())?;
        if self.line.is_empty() {
            return Ok(self.whole_line(end));
        }
        let mut line = std::mem::take(&mut self.line);
        line.extend_from_slice(end);
        let meaning = self.whole_line(&line);
        line.clear();
        self.line = line;
        Ok(meaning)
    }

    fn whole_line(&mut self, line: &[u8]) -> Line {
        let line = if std::mem::replace(&mut self.begun, true) {
            line
        } else {
            line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)
        };
        if line.is_empty() {
            return Line::EndsEvent;
        }
        let (field, value) = line.split_at(memchr::memchr(b':', line).unwrap_or(line.len()));
        let value = value.strip_prefix(b":").unwrap_or(value);
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field {
            b"" => return Line::Comment,
            b"data" => {
                // A line end within JSON is white space: the data goes out on one line.
                if !self.data.is_empty() {
                    self.data.push(b' ');
                }
                self.data.extend_from_slice(value);
            }
            b"event" => {
                self.name.clear();
                if value.len() <= 64 && value.iter().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(b))
                {
                    self.name.extend_from_slice(value);
                }
            }
            _ => {}
        }
        Line::Field
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(chunks: &[&[u8]]) -> Result<Vec<String>, TooLong> {
        let (mut reader, mut all) = (EventReader::default(), Vec::new());
        for mut chunk in chunks.iter().copied() {
            while let Some(item) = reader.next(&mut chunk)? {
                all.push(match item {
                    Item::Comment => ":".to_owned(),
                    Item::Event { name, data } => {
                        format!("{}|{}", String::from_utf8_lossy(name), String::from_utf8_lossy(data))
                    }
                });
            }
        }
        Ok(all)
    }

    const STREAM: &[u8] = b"\xef\xbb\xbfdata: a\n\n: ping\r\n\r\nevent: e.x\r\ndata:b\r\ndata: c\r\n\r\nid: 7\rdata: d\r\revent: lost\n\ndata\n\ndata: cut";

    #[test]
    fn every_line_end_comment_and_field_is_read_as_the_standard_says() {
        assert_eq!(read(&[STREAM]).unwrap(), ["|a", ":", "e.x|b c", "|d"]);
    }

    #[test]
    fn a_stream_reads_the_same_wherever_it_is_split() {
        let whole = read(&[STREAM]).unwrap();
        for at in 0..=STREAM.len() {
            let (a, b) = STREAM.split_at(at);
            assert_eq!(read(&[a, b]).unwrap(), whole, "split at {at}");
        }
        let bytes: Vec<&[u8]> = STREAM.chunks(1).collect();
        assert_eq!(read(&bytes).unwrap(), whole);
    }

    #[test]
    fn an_endless_line_and_an_endless_event_are_errors() {
        let line = vec![b'x'; MAX_EVENT + 1];
        assert_eq!(read(&[&line]), Err(TooLong));
        let lines = b"data: 0123456789\n".repeat(MAX_EVENT / 10);
        assert_eq!(read(&[&lines]), Err(TooLong));
        let half = vec![b'x'; MAX_EVENT / 2 + 1];
        assert_eq!(read(&[b"data: ", &half, b"\ndata: ", &half]), Err(TooLong));
    }

    proptest! {
        #[test]
        fn any_bytes_read_the_same_in_any_pieces(
            bytes in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), Just(b':'), Just(b'd'), any::<u8>()], 0..200),
            cut in 0..200_usize,
        ) {
            let at = cut.min(bytes.len());
            let (a, b) = bytes.split_at(at);
            prop_assert_eq!(read(&[&bytes]).unwrap(), read(&[a, b]).unwrap());
        }
    }
}
