//! Server-sent events, read as they come (HTML standard, 9.2.6). What is not ended yet is bounded: whoever never ends a line
//! must not fill the memory.

use std::collections::VecDeque;

/// An event that is larger than any may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the endpoint sends an event of more than {largest} bytes")]
pub struct TooLarge {
    /// The most that one may have, in bytes.
    pub largest: usize,
}

/// Puts the data of events together.
#[derive(Debug)]
pub struct Events {
    largest: usize,
    line: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    after_carriage_return: bool,
    ready: VecDeque<String>,
}

impl Events {
    /// With this many bytes in a line, and in the data of an event, at most.
    pub const fn up_to(largest: usize) -> Self {
        Self {
            largest,
            line: Vec::new(),
            data: Vec::new(),
            has_data: false,
            after_carriage_return: false,
            ready: VecDeque::new(),
        }
    }

    /// Takes in what arrived.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), TooLarge> {
        for byte in bytes {
            let after_carriage_return = std::mem::take(&mut self.after_carriage_return);
            match byte {
                b'\n' if after_carriage_return => {}
                b'\n' => self.end_line()?,
                b'\r' => {
                    self.after_carriage_return = true;
                    self.end_line()?;
                }
                byte => {
                    if self.line.len() >= self.largest {
                        return Err(TooLarge { largest: self.largest });
                    }
                    self.line.push(*byte);
                }
            }
        }
        Ok(())
    }

    /// The data of the next event that is complete.
    pub fn take(&mut self) -> Option<String> {
        self.ready.pop_front()
    }

    fn end_line(&mut self) -> Result<(), TooLarge> {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            self.dispatch();
            return Ok(());
        }
        // A byte order mark can only stand before the first line, and no field's name begins with one.
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line);
        let value = match line.strip_prefix(b"data") {
            Some([]) => &[],
            Some([b':', b' ', value @ ..] | [b':', value @ ..]) => value,
            // Comments, other fields and names that only begin alike.
            Some(_) | None => return Ok(()),
        };
        if self.data.len().saturating_add(value.len()) > self.largest {
            return Err(TooLarge { largest: self.largest });
        }
        if self.has_data {
            self.data.push(b'\n');
        }
        self.has_data = true;
        self.data.extend_from_slice(value);
        Ok(())
    }

    fn dispatch(&mut self) {
        if std::mem::take(&mut self.has_data) {
            let data = std::mem::take(&mut self.data);
            self.ready.push_back(String::from_utf8_lossy(&data).into_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LARGEST: usize = 256 * 1024;

    fn read(parts: &[&[u8]]) -> Vec<String> {
        let mut events = Events::up_to(LARGEST);
        for part in parts {
            events.push(part).unwrap();
        }
        std::iter::from_fn(|| events.take()).collect()
    }

    #[test]
    fn events_are_read_as_the_standard_says() {
        let cases: [(&str, &[&str]); 11] = [
            ("data: one\n\ndata: two\n\n", &["one", "two"]),
            ("data: one\r\n\r\ndata: two\r\r", &["one", "two"]),
            ("data:one\n\n", &["one"]),
            ("data:  one\n\n", &[" one"]),
            ("data: one\ndata: two\n\n", &["one\ntwo"]),
            ("data\n\n", &[""]),
            (": a comment\n\nevent: x\nid: 4\nretry: 9\n\n", &[]),
            ("event: x\ndata: one\n\n", &["one"]),
            ("database: one\n\n", &[]),
            ("\u{feff}data: one\n\n", &["one"]),
            ("data: not ended\n", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(read(&[text.as_bytes()]), expected, "{text:?}");
        }
    }

    #[test]
    fn what_never_ends_is_refused_before_it_fills_the_memory() {
        let mut line = Events::up_to(LARGEST);
        let mut event = Events::up_to(LARGEST);
        let part = [b"data: ".as_slice(), &[b'x'; 4_090], b"\n"].concat();

        assert_eq!(
            (0..100).try_for_each(|_| line.push(&[b'x'; 4_096])),
            Err(TooLarge { largest: LARGEST })
        );
        assert_eq!(
            (0..100).try_for_each(|_| event.push(&part)),
            Err(TooLarge { largest: LARGEST })
        );
        assert!(line.line.len() <= LARGEST && event.data.len() <= LARGEST);
    }

    proptest! {
        #[test]
        fn it_does_not_matter_where_the_stream_is_cut(
            text in "(data: [a-zä☃]{0,6}|:|event: y){0,1}(\r\n|\n|\r)(data: [a-zä☃]{0,6}(\r\n|\n|\r)){0,3}(\r\n|\n|\r)",
            cut in 0_usize..40,
        ) {
            let bytes = text.as_bytes();
            let (head, tail) = bytes.split_at(cut.min(bytes.len()));

            prop_assert_eq!(read(&[head, tail]), read(&[bytes]));
        }
    }
}
