//! Recurrent layers, one direction at a time. What the input adds to the gates is a product of its own in front of them.

use super::cell::{gru, lstm, rnn, FUNCTIONS};
use super::sequence::{sequence, Layer};
use super::{int, word, Attribute, Call, Declared, Infer, Op};
use crate::error::Result;
use crate::nn::run::packed;
use crate::nn::ty::{Shape, Type};

pub(super) static OPS: &[&Op] = &[&LSTM, &GRU, &RNN];

const ATTRIBUTES: &[Declared] = &[
    int("reverse"),
    word("f", FUNCTIONS),
    word("g", FUNCTIONS),
    word("h", FUNCTIONS),
    int("linear_before_reset"),
    int("input_forget"),
    super::float("clip"),
];

/// Inputs: gates of the input `[steps, batch, parts * hidden]`, weights `[hidden, parts * hidden]`, their bias, first state, first cell,
/// peepholes, lengths of the sequences.
const fn layer(
    number: u16,
    name: &'static str,
    infer: fn(&mut Infer) -> Result<()>,
    run: fn(&mut Call) -> Result<()>,
    summary: &'static str,
) -> Op {
    Op {
        number,
        name,
        inputs: (2, 7),
        outputs: (1, 3),
        attributes: ATTRIBUTES,
        factor: true,
        infer,
        run,
        summary,
        ..Op::BASE
    }
}

static LSTM: Op = layer(
    240,
    "LSTM",
    |i| shapes(i, 4, true),
    |c| sequence(c, &Layer { parts: 4, row: lstm, usual: Some(|k, gates, state, cell| k.lstm(gates, state, cell)) }),
    "long short-term memory, gates in the order i, o, f, c",
);
static GRU: Op = layer(
    241,
    "GRU",
    |i| shapes(i, 3, false),
    |c| sequence(c, &Layer { parts: 3, row: gru, usual: Some(|k, gates, state, _| k.gru(gates, state)) }),
    "gated recurrent unit, gates in the order z, r, h",
);
static RNN: Op = layer(
    242,
    "RNN",
    |i| shapes(i, 1, false),
    |c| sequence(c, &Layer { parts: 1, row: rnn, usual: None }),
    "plain recurrent layer",
);

fn shapes(infer: &mut Infer, parts: usize, has_cell: bool) -> Result<()> {
    let (gates, r) = (infer.input(0)?, infer.input(1)?);
    let hidden = r.shape.first().copied().unwrap_or(0);
    let fits = gates.ty == Type::F32
        && gates.shape.rank() == 3
        && gates.shape[2] == parts * hidden
        && r.shape.dims() == [hidden, parts * hidden];
    let batch = if fits { gates.shape[1] } else { 0 };
    let state = |i: usize| infer.optional(i).is_none_or(|s| s.shape.dims() == [batch, hidden]);
    let lengths = infer.optional(6).is_none_or(|s| s.shape.dims() == [batch] && s.ty == Type::I32);
    let bias = infer.optional(2).is_none_or(|s| s.shape.dims() == [parts * hidden]);
    let peepholes = infer.optional(5).is_none_or(|s| s.shape.dims() == [3 * hidden]);
    let clips = match infer.attributes[6] {
        Attribute::Float(clip) => clip >= 0.0,
        _ => true,
    };
    if !fits || !clips || !state(3) || !state(4) || !lengths || !bias || !peepholes {
        return Err(infer.refuse(format_args!("gates of {} and weights of {}", gates.shape, r.shape)));
    }
    infer.gives(Type::F32, Shape::of(&[gates.shape[0], batch, hidden])?);
    for _ in 0..1 + usize::from(has_cell) {
        infer.gives(Type::F32, Shape::of(&[batch, hidden])?);
    }
    // Weights that are made at each run; the gates of one step; state, cell, and what a GRU resets.
    infer.scratch = packed(&r.shape, 1, infer.panel) + batch * parts * hidden + 3 * batch * hidden;
    Ok(())
}
