//! Writing directories: for EXIF blocks, and for the crate `tiff` to read from.

/// A field with its values in the byte order that is written.
pub(crate) struct Written {
    pub tag: u16,
    pub kind: u16,
    pub count: usize,
    pub bytes: Vec<u8>,
}

impl Written {
    /// Whole numbers as 32 bits, `short` as 16.
    pub(crate) fn numbers(tag: u16, is_short: bool, values: &[u64], is_little: bool) -> Self {
        let size = if is_short { 2 } else { 4 };
        let bytes = values.iter().flat_map(|value| number(*value, size, is_little)).collect();
        Self { tag, kind: if is_short { 3 } else { 4 }, count: values.len(), bytes }
    }
}

fn number(value: u64, size: usize, is_little: bool) -> Vec<u8> {
    if is_little {
        value.to_le_bytes()[..size].to_vec()
    } else {
        value.to_be_bytes()[8 - size..].to_vec()
    }
}

/// Appends the values of the fields and then their directory to `out`, whose first byte stands at `base` of the file. Gives the
/// place of the directory.
pub(crate) fn append(out: &mut Vec<u8>, base: usize, mut fields: Vec<Written>, is_little: bool) -> usize {
    fields.sort_by_key(|field| field.tag);
    let pad = |out: &mut Vec<u8>| out.resize(out.len() + (base + out.len()) % 2, 0);
    let mut places = Vec::with_capacity(fields.len());
    for field in &fields {
        pad(out);
        places.push(base + out.len());
        if field.bytes.len() > 4 {
            out.extend_from_slice(&field.bytes);
        }
    }
    pad(out);
    let place = base + out.len();
    let mut put = |value: usize, size: usize| out.extend(number(value as u64, size, is_little));
    put(fields.len(), 2);
    for (field, at) in fields.iter().zip(places) {
        put(field.tag.into(), 2);
        put(field.kind.into(), 2);
        put(field.count, 4);
        if field.bytes.len() > 4 {
            put(at, 4);
        } else {
            // Values that fit stand here themselves, from the left.
            let mut four = [0; 4];
            four[..field.bytes.len()].copy_from_slice(&field.bytes);
            let value = if is_little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) };
            put(value as usize, 4);
        }
    }
    put(0, 4);
    place
}

/// The eight bytes that a file with its first directory at `place` begins with.
pub(crate) fn header(place: usize, is_little: bool) -> Vec<u8> {
    let mut out = if is_little { b"II\x2a\0".to_vec() } else { b"MM\0\x2a".to_vec() };
    out.extend(number(place as u64, 4, is_little));
    out
}
