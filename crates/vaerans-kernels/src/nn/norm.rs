//! Sums over rows and columns, and what is divided by them.

use super::NnKernels;
use crate::native::nn as native;
use crate::reference::nn::norm::{self, LayerNorm};

impl NnKernels {
    /// Sums of columns; see [`norm::column_sums`].
    ///
    /// # Panics
    /// If lengths do not fit: `out` and `mean` are a number a column, `x` whole rows.
    pub fn column_sums(&self, x: &[f32], mean: Option<&[f32]>, out: &mut [f32]) {
        let columns = out.len();
        assert!(mean.is_none_or(|m| m.len() == columns) && (columns == 0 || x.len() % columns == 0), "column sums");
        if columns == 0 {
            return;
        }
        let Some(table) = self.table() else { return norm::column_sums(x, columns, mean, out) };
        let mean = mean.map_or(std::ptr::null(), <[f32]>::as_ptr);
        // SAFETY: `x` is whole rows, `mean` and `out` have a number for each column.
        unsafe { (table.norm.column_sums)(x.as_ptr(), x.len() / columns, columns, mean, out.as_mut_ptr()) }
    }

    /// Sums of rows of `columns` numbers; see [`norm::row_sums`].
    ///
    /// # Panics
    /// If lengths do not fit: `out` and `mean` are a number a row.
    pub fn row_sums(&self, x: &[f32], columns: usize, mean: Option<&[f32]>, out: &mut [f32]) {
        let rows = out.len();
        assert!(rows.checked_mul(columns) == Some(x.len()) && mean.is_none_or(|m| m.len() == rows), "row sums");
        let Some(table) = self.table() else { return norm::row_sums(x, columns, mean, out) };
        let mean = mean.map_or(std::ptr::null(), <[f32]>::as_ptr);
        // SAFETY: `x` has as many rows as `mean` and `out` have numbers.
        unsafe { (table.norm.row_sums)(x.as_ptr(), rows, columns, mean, out.as_mut_ptr()) }
    }

    /// Softmax of rows of `columns` numbers, or its logarithm; see [`norm::softmax`].
    ///
    /// # Panics
    /// If lengths do not fit.
    pub fn softmax(&self, x: &[f32], columns: usize, logarithm: bool, out: &mut [f32]) {
        assert!(x.len() == out.len() && (columns > 0 && x.len() % columns == 0), "softmax");
        let Some(table) = self.table() else { return norm::softmax(x, columns, logarithm, out) };
        // SAFETY: both are whole rows, as many.
        unsafe { (table.norm.softmax)(x.as_ptr(), x.len() / columns, columns, logarithm.into(), out.as_mut_ptr()) }
    }

    /// Layer normalisation; see [`norm::layer_norm`].
    ///
    /// # Panics
    /// If lengths do not fit.
    pub fn layer_norm(&self, l: &LayerNorm, x: &[f32], out: &mut [f32]) {
        let width = l.scale.len();
        assert!(width > 0 && l.bias.is_none_or(|b| b.len() == width) && l.columns > 0, "layer norm: scale");
        assert!(l.columns % width == 0 && x.len() % l.columns == 0 && x.len() == out.len(), "layer norm: lengths");
        let Some(table) = self.table() else { return norm::layer_norm(l, x, out) };
        let call = native::LayerNorm {
            x: x.as_ptr(),
            rows: x.len() / l.columns,
            columns: l.columns,
            centred: l.centred.into(),
            epsilon: l.epsilon,
            scale: l.scale.as_ptr(),
            bias: l.bias.map_or(std::ptr::null(), <[f32]>::as_ptr),
            width,
            out: out.as_mut_ptr(),
        };
        // SAFETY: whole rows on both sides, and whole scales in each.
        unsafe { (table.norm.layer_norm)(&call) }
    }
}
