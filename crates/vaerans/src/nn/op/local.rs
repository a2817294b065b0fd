//! Operators that can be run some rows at a time: how the rows (axis 1) of what they make follow from those of what they read.

use super::conv;
use crate::nn::plan::Attribute;
use crate::nn::ty::Spec;

/// How an operator can be run some rows at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Local {
    /// It cannot.
    No,
    /// Each element from those at its place.
    Elements,
    /// A convolution.
    Windows,
    /// Channels side by side.
    Join,
    /// Channels last to channels first: it fills some rows of every plane.
    Planes,
}

/// Rows that rows of the output need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The same.
    Same,
    /// All, or there are none: what does not change from row to row.
    Whole,
    /// Row `o` needs rows `o stride - before` up to that and `span`, each stored row standing `repeat` times.
    Window {
        /// Rows of the input from row to row of the output.
        stride: usize,
        /// How many are read.
        span: usize,
        /// Rows of padding in front.
        before: usize,
        /// How often each stored row stands.
        repeat: usize,
    },
}

/// Some rows of a step, while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    /// The first row of the output.
    pub first: usize,
    /// How many.
    pub rows: usize,
    /// The first row of the first input that is there.
    pub first_in: usize,
    /// All rows of the first input.
    pub height: usize,
}

/// How far each input reaches; nothing where the step cannot be run some rows at a time.
pub fn reaches(local: Local, attributes: &[Attribute], inputs: &[Option<Spec>], output: Spec) -> Option<Vec<Reach>> {
    let axis = if local == Local::Planes { 2 } else { 1 };
    if output.shape.rank() != 4 || output.shape[0] != 1 || output.shape[axis] < 2 {
        return None;
    }
    let height = output.shape[axis];
    match local {
        Local::No => None,
        Local::Elements => inputs.iter().map(|spec| spec.map_or(Some(Reach::Whole), |s| element(s, height))).collect(),
        Local::Windows => {
            let (x, w) = ((*inputs.first()?)?, (*inputs.get(1)?)?);
            let window = conv::reach(x.shape, w.shape, attributes)?;
            Some((0..inputs.len()).map(|i| [window, Reach::Whole, Reach::Whole, Reach::Same][i.min(3)]).collect())
        }
        Local::Join => {
            let last = matches!(attributes.first(), Some(Attribute::Int(-1 | 3 | 2 | -2)));
            last.then(|| vec![Reach::Same; inputs.len()])
        }
        Local::Planes => {
            let turns = matches!(attributes.first(), Some(Attribute::Ints(order)) if order == &[0, 3, 1, 2]);
            turns.then(|| vec![Reach::Same; inputs.len()])
        }
    }
}

/// Of an operand that broadcasts to a picture of `height` rows.
fn element(spec: Spec, height: usize) -> Option<Reach> {
    let rank = spec.shape.rank();
    if rank < 3 {
        return Some(Reach::Whole);
    }
    match (rank, spec.shape[rank - 3]) {
        (4, _) if spec.shape[0] != 1 => None,
        (_, 1) => Some(Reach::Whole),
        (4, h) if h == height => Some(Reach::Same),
        _ => None,
    }
}
