//! How far each step gets in each round, and what memory that takes.

use super::super::prepare::Work;
use super::{FEWEST, MOST, ROUND, ROUNDS};
use crate::nn::memory::{Layout, Lifetime, Range, ALIGN};
use crate::nn::op::{Local, Reach};
use crate::nn::plan::Id;
use crate::nn::ty::Spec;
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
    pub fn of(
        works: &[Work],
        reaches: &[Vec<Reach>],
        outputs: &[Id],
        values: usize,
        spec: &impl Fn(Id) -> Option<Spec>,
    ) -> Rounds {
        let by_id = makers(works, values);
        let mut readers: Vec<Vec<Reader>> = works.iter().map(|_| Vec::new()).collect();
        for (step, (work, reach)) in works.iter().zip(reaches).enumerate() {
            for (id, reach) in work.inputs.iter().zip(reach) {
                if let Some(maker) = id.and_then(|id| by_id[id as usize]) {
                    readers[maker].push(Reader { step, reach: *reach });
                }
            }
        }
        let made: Vec<Made> = works.iter().zip(&readers).map(|(work, readers)| value(work, readers, outputs)).collect();
        let source = |step: usize, i: usize| -> Option<Source> {
            let id = works[step].inputs[i]?;
            Some(match by_id[id as usize] {
                Some(maker) => Source::Made(maker),
                None => Source::There(spec(id)?.shape.get(1).copied().unwrap_or(1)),
            })
        };
        let rounds = simulate(&made, reaches, &readers, &source);
        laid_out(works, made, rounds)
    }
}

/// By value the step of a chain that makes it.
pub(in crate::nn::run) fn makers(works: &[Work], values: usize) -> Vec<Option<usize>> {
    let mut makers = vec![None; values];
    for (i, work) in works.iter().enumerate() {
        work.outputs.iter().flatten().for_each(|id| makers[*id as usize] = Some(i));
    }
    makers
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

/// Steps, and what connects them.
struct Chain<'a> {
    made: &'a [Made],
    reaches: &'a [Vec<Reach>],
    readers: &'a [Vec<Reader>],
    source: &'a dyn Fn(usize, usize) -> Option<Source>,
    /// Rows of a round, of the tallest value, and its height.
    round: usize,
    tallest: usize,
}

impl Chain<'_> {
    /// Rows that a step makes in a round at most.
    fn quota(&self, step: usize) -> usize {
        (self.round * self.made[step].height).div_ceil(self.tallest).next_multiple_of(FEWEST)
    }

    /// Rows that a step can have made with what its inputs have.
    fn can(&self, step: usize, state: &[Rows]) -> usize {
        let height = self.made[step].height;
        let limit = |(i, reach): (usize, &Reach)| match (self.source)(step, i) {
            None => height,
            Some(Source::There(rows)) => allowed(*reach, rows, rows, height),
            Some(Source::Made(maker)) => allowed(*reach, state[maker].done, self.made[maker].height, height),
        };
        self.reaches[step].iter().enumerate().map(limit).min().unwrap_or(height)
    }

    /// The steps of a round: those at the end of the chain, and whoever makes what a step of the round has too little of.
    fn wanted(&self, state: &[Rows]) -> Vec<bool> {
        let mut wanted = vec![false; self.made.len()];
        for (step, m) in self.made.iter().enumerate().rev() {
            let waits = |r: &Reader| {
                let (done, height) = (state[r.step].done, self.made[r.step].height);
                let can = allowed(r.reach, state[step].done, m.height, height);
                wanted[r.step] && can < (done + self.quota(r.step)).min(height)
            };
            let ends = m.whole || self.readers[step].is_empty();
            wanted[step] = state[step].done < m.height && (ends || self.readers[step].iter().any(waits));
        }
        wanted
    }

    /// A round: whether anything was done. Blocks are whole, but for the first and the last, unless `any` will do.
    fn advance(&self, state: &mut [Rows], any: bool) -> bool {
        let wanted = self.wanted(state);
        let mut moved = false;
        for (step, m) in self.made.iter().enumerate().filter(|(step, _)| wanted[*step]) {
            let done = state[step].done;
            let new = self.can(step, state).min(done + self.quota(step));
            if new > done && (new == m.height || new >= done + FEWEST || done == 0 || any) {
                state[step].done = new;
                moved = true;
            }
        }
        moved
    }

    /// Lets go of the rows that nobody needs any more.
    fn let_go(&self, state: &mut [Rows]) {
        for (i, m) in self.made.iter().enumerate() {
            let first = |r: &Reader| match state[r.step].done >= self.made[r.step].height {
                true => m.height,
                false => needed(r.reach, state[r.step].done),
            };
            state[i].start = self.readers[i].iter().map(first).min().unwrap_or(m.height).min(state[i].done);
        }
    }
}

fn simulate(
    made: &[Made],
    reaches: &[Vec<Reach>],
    readers: &[Vec<Reader>],
    source: &dyn Fn(usize, usize) -> Option<Source>,
) -> Vec<Vec<(Rows, Rows)>> {
    let tallest = made.iter().map(|m| m.height).max().unwrap_or(1);
    let widest = made.iter().map(|m| m.row * m.height / tallest).max().unwrap_or(1).max(1);
    let round = (ROUND / widest).clamp(FEWEST, MOST).max(tallest / ROUNDS).next_multiple_of(FEWEST);
    let chain = Chain { made, reaches, readers, source, round, tallest };
    let mut state = vec![Rows::default(); made.len()];
    let mut rounds = Vec::new();
    while made.iter().zip(&state).any(|(m, s)| s.done < m.height) {
        let before = state.clone();
        // Where everybody waits for everybody, whoever can goes on with what there is.
        if !chain.advance(&mut state, false) && !chain.advance(&mut state, true) {
            break;
        }
        chain.let_go(&mut state);
        rounds.push(before.into_iter().zip(state.iter().copied()).collect());
    }
    rounds
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
