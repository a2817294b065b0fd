//! Around the entropy coder: counting symbols, taking rare ones out and putting them back, tokens.

use crate::{reference::symbols as reference, Kernels};

impl Kernels {
    /// Adds the number of times each byte value occurs to `counts`. The sum of all counts has to stay below 2^32.
    pub fn histogram(&self, symbols: &[u8], counts: &mut [u32; 256]) {
        let Some(f) = self.native.and_then(|t| t.symbols.histogram) else {
            Kernels::by_reference();
            return reference::histogram(symbols, counts);
        };
        // SAFETY: the pointer and length are of one slice; `counts` has the 256 elements the kernel writes.
        unsafe { f(symbols.as_ptr(), symbols.len(), counts.as_mut_ptr()) }
    }

    /// Copies the symbols that belong to `set` (symbol s: bit s % 8 of byte s / 8) to `out`, in order, while there is room.
    /// Returns how many there are.
    pub fn collect_symbols(&self, set: &[u8; 32], symbols: &[u8], out: &mut [u8]) -> usize {
        let Some(f) = self.native.and_then(|t| t.symbols.collect) else {
            Kernels::by_reference();
            return reference::collect(set, symbols, out);
        };
        let (from, n, to, room) = (symbols.as_ptr(), symbols.len(), out.as_mut_ptr(), out.len());
        // SAFETY: pointers and lengths are of the slices; the kernel writes at most `room` bytes.
        unsafe { f(set.as_ptr(), from, n, to, room) }
    }

    /// Replaces the symbols equal to `marker` by `list[0]`, `list[1]`, ... while the list lasts. Returns how many there are.
    pub fn replace_symbols(&self, marker: u8, symbols: &mut [u8], list: &[u8]) -> usize {
        let Some(f) = self.native.and_then(|t| t.symbols.replace) else {
            Kernels::by_reference();
            return reference::replace(marker, symbols, list);
        };
        let (at, n) = (symbols.as_mut_ptr(), symbols.len());
        // SAFETY: pointers and lengths are of the slices; a `&mut` overlaps nothing.
        unsafe { f(marker, at, n, list.as_ptr(), list.len()) }
    }

    /// `tokens[i] = min(zigzag(values[i]), most)`: see [`crate::reference::symbols::zigzag`].
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn zigzag(&self, values: &[i32], most: u8, tokens: &mut [u8]) {
        assert_eq!(values.len(), tokens.len(), "zigzag: values and tokens differ in length");
        let Some(f) = self.native.and_then(|t| t.symbols.zigzag) else {
            Kernels::by_reference();
            for (t, &v) in tokens.iter_mut().zip(values) {
                *t = reference::zigzag(v).min(most.into()) as u8;
            }
            return;
        };
        // SAFETY: both have `values.len()` elements; a `&mut` overlaps nothing.
        unsafe { f(values.as_ptr(), values.len(), most, tokens.as_mut_ptr()) }
    }

    /// The inverse of [`Kernels::zigzag`] for tokens that were not cut off.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn unzigzag(&self, tokens: &[u8], values: &mut [i32]) {
        assert_eq!(values.len(), tokens.len(), "unzigzag: values and tokens differ in length");
        let Some(f) = self.native.and_then(|t| t.symbols.unzigzag) else {
            Kernels::by_reference();
            for (v, &t) in values.iter_mut().zip(tokens) {
                *v = reference::unzigzag(t.into());
            }
            return;
        };
        // SAFETY: both have `values.len()` elements; a `&mut` overlaps nothing.
        unsafe { f(tokens.as_ptr(), tokens.len(), values.as_mut_ptr()) }
    }
}
