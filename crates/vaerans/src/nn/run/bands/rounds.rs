//! How far each step gets in each round, and what memory that takes.

use super::super::prepare::Work;
use super::{FEWEST, MOST, ROUND};
use crate::nn::memory::{Layout, Lifetime, Range, ALIGN};
use crate::nn::op::{Local, Reach};
use crate::nn::plan::Id;
use crate::nn::ty::Spec;
use std::collections::HashMap;
use std::sync::Arc;

/// Rows of a value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::nn::run) struct Rows {
    /// The first that is kept.
    pub start: usize,
    /// Behind the last that was made.
    pub done: usize,
}

/// A value that a step makes.
#[derive(Debug)]
pub(in crate::nn::run) struct Made {
    pub height: usize,
    /// Bytes of a row.
    pub row: usize,
    /// Whether it is there as a whole.
    pub whole: bool,
    /// The last step that reads it.
    pub last: usize,
    /// Where its rows are while a round runs, and where those that are kept for the next.
    pub working: Range,
    pub kept: Range,
}

/// What a chain does, round after round.
#[derive(Debug)]
pub(in crate::nn::run) struct Plan {
    /// For each step what it makes.
    pub made: Vec<Made>,
    /// For each step where it works.
    pub scratch: Vec<Range>,
    /// For each round, for each step: the rows of its output before the round, and the state behind it.
    pub rounds: Vec<Vec<(Rows, Rows)>>,
    /// Bytes of all.
    pub bytes: usize,
}

pub(in crate::nn::run) type Rounds = Arc<Plan>;

/// What reads a value, and how.
struct Reader {
    step: usize,
    reach: Reach,
}

impl Plan {
    /// Of a chain.
    pub fn of(works: &[Work], reaches: &[Vec<Reach>], outputs: &[Id], spec: &impl Fn(Id) -> Option<Spec>) -> Rounds {
        let by_id: HashMap<Id, usize> =
            works.iter().enumerate().filter_map(|(i, w)| w.outputs[0].map(|id| (id, i))).collect();
        let mut readers: Vec<Vec<Reader>> = works.iter().map(|_| Vec::new()).collect();
        for (step, (work, reach)) in works.iter().zip(reaches).enumerate() {
            for (id, reach) in work.inputs.iter().zip(reach) {
                if let Some(&maker) = id.and_then(|id| by_id.get(&id)) {
                    readers[maker].push(Reader { step, reach: *reach });
                }
            }
        }
        let made: Vec<Made> = works.iter().zip(&readers).map(|(work, readers)| value(work, readers, outputs)).collect();
        let source = |step: usize, i: usize| -> Option<Source> {
            let id = works[step].inputs[i]?;
            Some(match by_id.get(&id) {
                Some(&maker) => Source::Made(maker),
                None => Source::There(spec(id)?.shape.get(1).copied().unwrap_or(1)),
            })
        };
        let rounds = simulate(&made, reaches, &readers, &source);
        laid_out(works, made, rounds)
    }
}

/// Where rows come from: a step of the chain, or all of so many are there.
enum Source {
    Made(usize),
    There(usize),
}

fn value(work: &Work, readers: &[Reader], outputs: &[Id]) -> Made {
    let spec = work.specs[0];
    let height = spec.shape[if work.op.local == Local::Planes { 2 } else { 1 }];
    let whole = work.outputs[0].is_some_and(|id| outputs.contains(&id));
    let last = readers.iter().map(|r| r.step).max().unwrap_or(0);
    let none = Range { at: 0, bytes: 0 };
    Made { height, row: spec.bytes() / height.max(1), whole, last, working: none, kept: none }
}

/// Rows of the output that so many rows of an input allow.
fn allowed(reach: Reach, available: usize, height_in: usize, height: usize) -> usize {
    match reach {
        Reach::Whole => height,
        Reach::Same => available.min(height),
        Reach::Window { .. } if available >= height_in => height,
        Reach::Window { stride, span, before, repeat } => {
            (available * repeat + before + stride).checked_sub(span).map_or(0, |n| n / stride).min(height)
        }
    }
}

/// The first row that the outputs from `done` on need.
fn needed(reach: Reach, done: usize) -> usize {
    match reach {
        Reach::Whole => 0,
        Reach::Same => done,
        Reach::Window { stride, before, repeat, .. } => (done * stride).saturating_sub(before) / repeat,
    }
}

fn simulate(
    made: &[Made],
    reaches: &[Vec<Reach>],
    readers: &[Vec<Reader>],
    source: &impl Fn(usize, usize) -> Option<Source>,
) -> Vec<Vec<(Rows, Rows)>> {
    let tallest = made.iter().map(|m| m.height).max().unwrap_or(1);
    let widest = made.iter().map(|m| m.row * m.height / tallest).max().unwrap_or(1).max(1);
    let round = (ROUND / widest).clamp(FEWEST, MOST).next_multiple_of(FEWEST);
    let mut state = vec![Rows::default(); made.len()];
    let mut rounds = Vec::new();
    while made.iter().zip(&state).any(|(m, s)| s.done < m.height) {
        let before = state.clone();
        for (step, m) in made.iter().enumerate() {
            let quota = (round * m.height).div_ceil(tallest).next_multiple_of(FEWEST);
            let limit = |(i, reach): (usize, &Reach)| match source(step, i) {
                None => m.height,
                Some(Source::There(height)) => allowed(*reach, height, height, m.height),
                Some(Source::Made(maker)) => allowed(*reach, state[maker].done, made[maker].height, m.height),
            };
            let can = reaches[step].iter().enumerate().map(limit).min().unwrap_or(m.height);
            let new = can.min(state[step].done + quota);
            if new == m.height || new >= state[step].done + FEWEST {
                state[step].done = new;
            }
        }
        if state == before {
            // Nobody has enough for whole blocks of rows: whoever can goes on by what there is.
            advance(made, reaches, source, &mut state);
        }
        for (i, m) in made.iter().enumerate() {
            let first = |r: &Reader| match state[r.step].done >= made[r.step].height {
                true => m.height,
                false => needed(r.reach, state[r.step].done),
            };
            state[i].start = readers[i].iter().map(first).min().unwrap_or(m.height).min(state[i].done);
        }
        rounds.push(before.into_iter().zip(state.iter().copied()).collect());
    }
    rounds
}

fn advance(
    made: &[Made],
    reaches: &[Vec<Reach>],
    source: &impl Fn(usize, usize) -> Option<Source>,
    state: &mut [Rows],
) {
    for (step, m) in made.iter().enumerate() {
        let limit = |(i, reach): (usize, &Reach)| match source(step, i) {
            None => m.height,
            Some(Source::There(height)) => allowed(*reach, height, height, m.height),
            Some(Source::Made(maker)) => allowed(*reach, state[maker].done, made[maker].height, m.height),
        };
        state[step].done = reaches[step].iter().enumerate().map(limit).min().unwrap_or(m.height).max(state[step].done);
    }
}

/// Places for rows that are kept, behind them those that the steps of a round share.
fn laid_out(works: &[Work], mut made: Vec<Made>, rounds: Vec<Vec<(Rows, Rows)>>) -> Rounds {
    let most = |i: usize, rows: fn(&(Rows, Rows)) -> usize| rounds.iter().map(|r| rows(&r[i])).max().unwrap_or(0);
    let mut end = 0;
    let mut lives = Vec::new();
    for (i, m) in made.iter_mut().enumerate() {
        if !m.whole {
            m.kept = Range { at: end, bytes: m.row * most(i, |(_, after)| after.done - after.start) };
            end += m.kept.bytes.next_multiple_of(ALIGN);
            m.working = Range { at: 0, bytes: m.row * most(i, |(before, after)| after.done - before.start) };
        }
        lives.push(Lifetime { first: i, last: m.last.max(i), bytes: m.working.bytes });
        lives.push(Lifetime { first: i, last: i, bytes: 4 * works[i].scratch });
    }
    let layout = Layout::of(&lives);
    let mut scratch = Vec::new();
    for (i, m) in made.iter_mut().enumerate() {
        m.working.at = end + layout.offsets[2 * i];
        scratch.push(Range { at: end + layout.offsets[2 * i + 1], bytes: lives[2 * i + 1].bytes });
    }
    Arc::new(Plan { made, scratch, rounds, bytes: end + layout.bytes })
}
