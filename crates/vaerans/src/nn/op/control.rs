//! What decides which steps run, and what hands values on.

use super::{Call, Op};
use crate::error::{Error, Result};

/// The number of `If`, whose branches the interpreter runs itself.
pub const IF: u16 = 1;

/// Hands its input on.
pub static IDENTITY: Op = Op { number: 2, name: "Identity", run: copy, summary: "the input, as it is", ..Op::BASE };

static CHOICE: Op = Op {
    number: IF,
    name: "If",
    outputs: (1, 63),
    infer: |_| Err(Error::new("internal.bug", "If is not a step of its own")),
    summary: "one of two branches",
    ..Op::BASE
};

pub(super) static OPS: &[&Op] = &[&CHOICE, &IDENTITY];

/// The bytes of the first input.
pub(super) fn copy(call: &mut Call) -> Result<()> {
    let from = call.bytes(0)?;
    call.output_bytes(0)?.raw().copy_from_slice(from.raw());
    Ok(())
}
