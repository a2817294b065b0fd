//! The chunks of a WebP file (RFC 9649, 2.3).

/// A chunk's name and its data, as far as they are there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chunk<'a> {
    pub name: &'a [u8; 4],
    pub data: &'a [u8],
    /// Whether the file ends before it does.
    pub is_cut: bool,
}

/// The chunks one after another.
#[derive(Debug, Clone)]
pub(super) struct Chunks<'a>(&'a [u8]);

impl<'a> Chunks<'a> {
    /// Of a file, whose RIFF header says how long it is.
    pub(super) fn new(file: &'a [u8]) -> Self {
        let (header, rest) = file.split_at_checked(12).unwrap_or_default();
        let stated = header.get(4..8).map_or(0, |size| number(size).saturating_sub(4));
        Self(rest.get(..stated).unwrap_or(rest))
    }
}

impl<'a> Iterator for Chunks<'a> {
    type Item = Chunk<'a>;

    fn next(&mut self) -> Option<Chunk<'a>> {
        let (name, rest) = self.0.split_first_chunk::<4>()?;
        let (size, rest) = rest.split_first_chunk::<4>()?;
        let size = number(size);
        let is_cut = size > rest.len();
        let (data, rest) = rest.split_at(size.min(rest.len()));
        self.0 = if size % 2 == 1 { rest.get(1..).unwrap_or(&[]) } else { rest };
        Some(Chunk { name, data, is_cut })
    }
}

/// The sides that the lossy picture, or the first frame of an animation, states of itself. The lossless decoder holds them
/// against the file's itself.
pub(super) fn frame_size(chunks: &Chunks) -> Option<(u32, u32)> {
    let lossy =
        |chunks: &Chunks| chunks.clone().find(|chunk| chunk.name == b"VP8 ").and_then(|chunk| sides(chunk.data));
    let frame = chunks.clone().find(|chunk| chunk.name == b"ANMF");
    // Behind place, size and duration of the frame its own chunks follow.
    match frame {
        Some(frame) => lossy(&Chunks(frame.data.get(16..).unwrap_or(&[]))),
        None => lossy(chunks),
    }
}

/// Width and height in a frame header of VP8 (RFC 6386, 9.1).
fn sides(data: &[u8]) -> Option<(u32, u32)> {
    let side = |at: usize| Some(u32::from(u16::from_le_bytes([*data.get(at)?, *data.get(at + 1)?]) & 0x3fff));
    Some((side(6)?, side(8)?))
}

fn number(bytes: &[u8]) -> usize {
    bytes.iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
}
