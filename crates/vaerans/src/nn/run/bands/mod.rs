//! Chains of local operators run some rows at a time: of what lies between them no more than a few rows is ever there.
//!
//! In each round every step works out as many rows as its inputs allow, at most so many. Rows that a later round still needs (the overlap of
//! windows, a residual that waits) are kept aside; the rest of the memory is shared between the steps of a round. How far each step gets
//! in each round follows from shapes alone, so results are the same bits on every machine.

mod find;
mod rounds;
mod run;

pub(super) use find::{grouped, Group};
pub(super) use rounds::makers;
pub(super) use run::{Bands, Port};

/// Bytes of the rows of the largest value that one round makes.
const ROUND: usize = 2 << 20;
/// Fewest and most rows of the tallest value in a round; windows work on four rows at a time.
const FEWEST: usize = 4;
const MOST: usize = 64;
/// Rounds of a chain of one height, about: what each does is kept.
const ROUNDS: usize = 1 << 10;
