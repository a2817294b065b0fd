//! Binary PPM files of 8 bits.

use std::io::{Error, ErrorKind, Result};
use std::path::Path;

/// A picture: RGB, row by row.
pub struct Picture {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Samples.
    pub rgb: Vec<u8>,
}

/// The pictures of a folder, by name.
pub fn folder(path: &Path) -> Result<Vec<Picture>> {
    let mut names = std::fs::read_dir(path)?.map(|e| Ok(e?.path())).collect::<Result<Vec<_>>>()?;
    names.retain(|n| n.extension().is_some_and(|e| e == "ppm"));
    names.sort();
    names.iter().map(|n| read(&std::fs::read(n)?)).collect()
}

fn read(file: &[u8]) -> Result<Picture> {
    let bad = || Error::new(ErrorKind::InvalidData, "not a binary PPM file of 8 bits");
    let mut fields = file.splitn(5, |b| b.is_ascii_whitespace());
    let mut field = || fields.next().ok_or_else(bad);
    let number = |f: &[u8]| std::str::from_utf8(f).ok().and_then(|s| s.parse().ok()).ok_or_else(bad);
    if field()? != b"P6" {
        return Err(bad());
    }
    let (width, height, most): (usize, usize, usize) = (number(field()?)?, number(field()?)?, number(field()?)?);
    let rgb = field()?.to_vec();
    if most != 255 || rgb.len() != width * height * 3 {
        return Err(bad());
    }
    Ok(Picture { width, height, rgb })
}
