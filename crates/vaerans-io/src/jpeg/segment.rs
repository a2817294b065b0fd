//! Segments between the markers of a JPEG file (ITU-T T.81, B.1.1).

pub(super) const START_OF_SCAN: u8 = 0xda;
pub(super) const END_OF_IMAGE: u8 = 0xd9;

/// A marker's code and the bytes of its segment, without their length.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment<'a> {
    pub marker: u8,
    pub body: &'a [u8],
}

/// The segments of a file, one after another.
pub(super) struct Segments<'a> {
    file: &'a [u8],
    at: usize,
}

impl<'a> Segments<'a> {
    /// Begins behind the start-of-image marker.
    pub(super) fn new(file: &'a [u8]) -> Self {
        Self { file, at: 2 }
    }

    /// All bytes from the current place on.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.file.get(self.at..).unwrap_or(&[])
    }

    /// Goes `bytes` on.
    pub(super) fn skip(&mut self, bytes: usize) {
        self.at += bytes;
    }
}

/// `None` where the file ends; bytes that are no marker are passed over, as every decoder does.
impl<'a> Iterator for Segments<'a> {
    type Item = Segment<'a>;

    fn next(&mut self) -> Option<Segment<'a>> {
        loop {
            let rest = self.rest();
            let at = rest.windows(2).position(|pair| pair[0] == 0xff && !matches!(pair[1], 0 | 0xff))?;
            let marker = rest[at + 1];
            self.at += at + 2;
            if marker == END_OF_IMAGE {
                return Some(Segment { marker, body: &[] });
            }
            if matches!(marker, 0x01 | 0xd0..=0xd8) {
                continue; // no segment follows
            }
            let (length, rest) = self.rest().split_first_chunk::<2>()?;
            let length = usize::from(u16::from_be_bytes(*length));
            let body = rest.get(..length.checked_sub(2)?)?;
            self.at += length;
            return Some(Segment { marker, body });
        }
    }
}
