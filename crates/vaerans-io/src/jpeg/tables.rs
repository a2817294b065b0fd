//! Quantisation and Huffman tables (ITU-T T.81, B.2.4).

use super::bits::Huffman;
use super::block::ZIGZAG;

/// The tables as they stand when a scan begins.
#[derive(Default)]
pub(super) struct Tables {
    /// Row by row.
    pub quant: [Option<Box<[u16; 64]>>; 4],
    pub dc: [Option<Huffman>; 4],
    pub ac: [Option<Huffman>; 4],
    /// MCUs between restart markers, 0 for none.
    pub restart: usize,
}

impl Tables {
    /// `None` if the segment contradicts itself.
    pub(super) fn set_quant(&mut self, mut body: &[u8]) -> Option<()> {
        while let Some((&head, rest)) = body.split_first() {
            let wide = head >> 4;
            let bytes = match wide {
                0 => 64,
                1 => 128,
                _ => return None,
            };
            let (values, rest) = rest.split_at_checked(bytes)?;
            let mut table = Box::new([0; 64]);
            for (k, &place) in ZIGZAG.iter().enumerate() {
                table[usize::from(place)] = match wide {
                    0 => values[k].into(),
                    _ => u16::from_be_bytes([values[2 * k], values[2 * k + 1]]),
                };
            }
            *self.quant.get_mut(usize::from(head & 15))? = Some(table);
            body = rest;
        }
        Some(())
    }

    /// `None` if the segment contradicts itself.
    pub(super) fn set_huffman(&mut self, mut body: &[u8]) -> Option<()> {
        while let Some((&head, rest)) = body.split_first() {
            let (counts, rest) = rest.split_first_chunk::<16>()?;
            let total = counts.iter().map(|&count| usize::from(count)).sum();
            let (symbols, rest) = rest.split_at_checked(total)?;
            let tables = match head >> 4 {
                0 => &mut self.dc,
                1 => &mut self.ac,
                _ => return None,
            };
            *tables.get_mut(usize::from(head & 15))? = Some(Huffman::new(counts, symbols)?);
            body = rest;
        }
        Some(())
    }

    pub(super) fn set_restart(&mut self, body: &[u8]) -> Option<()> {
        self.restart = u16::from_be_bytes(*body.first_chunk::<2>()?).into();
        Some(())
    }
}
