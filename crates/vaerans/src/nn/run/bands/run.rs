//! Runs a chain, round after round.

use super::super::place::{Source, Step, Target};
use super::super::session::Watch;
use super::super::step::{Operands, Runner};
use super::rounds::{Made, Rounds, Rows};
use crate::error::Result;
use crate::nn::memory::{Block, BytesMut, Few, Range};
use crate::nn::op::{Band, Local, Reach};
use crate::nn::ty::{Shape, Spec, Type};

/// What a step of a chain reads.
#[derive(Debug, Clone, Copy)]
pub(in crate::nn::run) enum Port {
    /// What stands elsewhere, as a whole.
    There(Spec, Source),
    /// What another step of the chain makes.
    Made(usize),
}

/// A chain with its places.
#[derive(Debug)]
pub(in crate::nn::run) struct Bands {
    /// Its steps; where they read and write is said here.
    pub steps: Vec<Step>,
    pub ports: Vec<Vec<Port>>,
    pub reaches: Vec<Vec<Reach>>,
    /// Where what others read goes.
    pub targets: Vec<Option<Target>>,
    pub rounds: Rounds,
    /// Its memory.
    pub memory: Range,
}

impl Bands {
    /// Runs it.
    pub fn run(&self, runner: &Runner, block: &mut Block, outputs: &mut [BytesMut], watch: Watch) -> Result<()> {
        for round in &self.rounds.rounds {
            for (i, step) in self.steps.iter().enumerate() {
                let (before, after) = round[i];
                self.restore(i, before, block);
                if after.done > before.done {
                    self.step(runner, round, i, block, outputs)?;
                    watch(step.place);
                }
                for (j, _) in self.rounds.made.iter().enumerate().filter(|(j, m)| m.last.max(*j) == i) {
                    self.keep(j, round[j], block);
                }
            }
        }
        Ok(())
    }

    /// Types and shapes of what a step reads, each as a whole; `None` is not there.
    pub fn reads(&self, i: usize) -> Vec<Option<Spec>> {
        let read = |port: &Port| match *port {
            Port::There(_, Source::Absent) => None,
            Port::There(spec, _) => Some(spec),
            Port::Made(j) => Some(self.spec(j)),
        };
        self.ports[i].iter().map(read).collect()
    }

    fn made(&self, i: usize) -> &Made {
        &self.rounds.made[i]
    }

    /// Type and shape of what a step makes, as a whole.
    fn spec(&self, i: usize) -> Spec {
        self.steps[i].outputs[0].map_or(Spec::new(Type::U8, Shape::SCALAR), |(spec, _)| spec)
    }

    /// Rows of a value where a round has them.
    fn working(&self, i: usize, start: usize, rows: std::ops::Range<usize>) -> Range {
        let m = self.made(i);
        let at = self.memory.at + m.working.at + (rows.start - start) * m.row;
        Range { at, bytes: (rows.end - rows.start) * m.row }
    }

    /// Brings back the rows that were kept.
    fn restore(&self, i: usize, before: Rows, block: &mut Block) {
        let m = self.made(i);
        let bytes = (before.done - before.start) * m.row;
        if !m.whole && bytes > 0 {
            let (from, to) = (self.memory.at + m.kept.at, self.memory.at + m.working.at);
            block.all().copy_within(from..from + bytes, to);
        }
    }

    /// Keeps the rows that later rounds need.
    fn keep(&self, i: usize, (before, after): (Rows, Rows), block: &mut Block) {
        let m = self.made(i);
        if !m.whole && after.done > after.start {
            let from = self.working(i, before.start, after.start..after.done);
            block.all().copy_within(from.at..from.at + from.bytes, self.memory.at + m.kept.at);
        }
    }

    fn step(
        &self,
        runner: &Runner,
        round: &[(Rows, Rows)],
        i: usize,
        block: &mut Block,
        outputs: &mut [BytesMut],
    ) -> Result<()> {
        let step = &self.steps[i];
        let (before, after) = round[i];
        let rows = before.done..after.done;
        let mut inputs = Few::none();
        let mut band = Band { first: rows.start, rows: rows.len(), first_in: rows.start, height: 0 };
        let mut needs_band = step.of.op.local == Local::Planes;
        for (k, (port, reach)) in self.ports[i].iter().zip(&self.reaches[i]).enumerate() {
            let (spec, source, first_in) = self.input(round, *port, *reach, &rows);
            inputs.push((spec, source));
            if k == 0 && matches!(reach, Reach::Window { .. }) {
                (needs_band, band.first_in, band.height) = (true, first_in, self.height(*port));
            }
        }
        let spec = self.spec(i);
        let output = Some(match (self.targets[i], step.of.op.local) {
            (Some(target), Local::Planes) => (spec, target),
            (Some(target), _) => (with_rows(spec, rows.len()), part_of(target, self.made(i).row, &rows)),
            (None, _) => {
                let range = self.working(i, before.start, rows.clone());
                (with_rows(spec, rows.len()), Target::Block(range))
            }
        });
        let scratch = Range { at: self.memory.at + self.rounds.scratch[i].at, bytes: step.scratch.bytes };
        let band = needs_band.then_some(band);
        let operands = Operands { inputs: &inputs, outputs: &[output], scratch, band };
        runner.operate(step, &operands, block, outputs).map_err(|e| super::super::prepare::at(&step.of.name, e))
    }

    /// All rows of what a port reads.
    fn height(&self, port: Port) -> usize {
        match port {
            Port::There(spec, _) => spec.shape.get(1).copied().unwrap_or(1),
            Port::Made(j) => self.made(j).height,
        }
    }

    /// What a step reads for some rows, and which row is the first that is there.
    fn input(
        &self,
        round: &[(Rows, Rows)],
        port: Port,
        reach: Reach,
        rows: &std::ops::Range<usize>,
    ) -> (Spec, Source, usize) {
        match (port, reach) {
            (Port::There(spec, source), Reach::Same) => {
                let row = spec.bytes() / spec.shape[1].max(1);
                let part = Range { at: rows.start * row, bytes: rows.len() * row };
                (with_rows(spec, rows.len()), source.part(part), rows.start)
            }
            (Port::There(spec, source), _) => (spec, source, 0),
            (Port::Made(j), _) => {
                let spec = self.spec(j);
                let (before, after) = round[j];
                let there = match reach {
                    Reach::Same => rows.clone(),
                    _ if self.made(j).whole => 0..after.done,
                    _ => before.start..after.done,
                };
                let source = match self.targets[j] {
                    Some(Target::Block(range)) => Source::Block(range)
                        .part(Range { at: there.start * self.made(j).row, bytes: there.len() * self.made(j).row }),
                    _ => Source::Block(self.working(j, before.start, there.clone())),
                };
                (with_rows(spec, there.len()), source, there.start)
            }
        }
    }
}

/// The type and shape of some rows of a picture.
fn with_rows(mut spec: Spec, rows: usize) -> Spec {
    spec.shape.dims_mut()[1] = rows;
    spec
}

fn part_of(target: Target, row: usize, rows: &std::ops::Range<usize>) -> Target {
    let part = Range { at: rows.start * row, bytes: rows.len() * row };
    match target {
        Target::Block(range) => Target::Block(Range { at: range.at + part.at, bytes: part.bytes }),
        Target::Output(i) | Target::OutputPart(i, _) => Target::OutputPart(i, part),
    }
}
