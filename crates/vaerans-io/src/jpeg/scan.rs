//! One scan: its header (ITU-T T.81, B.2.3), and its coded samples, run after run.

use super::bits::{Bits, Huffman};
use super::block::{ac_first, ac_refine, dc_part, last_of, whole, Band, Block};
use super::damage::{Damage, Found};
use super::frame::{Component, Frame};
use super::idct::inverse;
use super::runs::{split, Run};
use super::tables::Tables;
use super::wide::{with_widest, Work};

/// All coefficients at once: what a scan of a sequential frame holds.
const WHOLE: Band = Band { first: 0, last: 63, high: 0, low: 0 };

/// One component of a scan.
struct Part<'t> {
    index: usize,
    dc: Option<&'t Huffman>,
    ac: Option<&'t Huffman>,
    /// Its blocks in an MCU.
    across: usize,
    down: usize,
}

/// What the runs of a scan have in common.
pub(super) struct Scan<'t> {
    parts: Vec<Part<'t>>,
    band: Band,
    mcus_wide: usize,
    mcus: usize,
    restart: usize,
}

/// What changes from block to block.
#[derive(Default)]
struct State {
    predicted: [i32; 4],
    /// Blocks that an end-of-band run still covers.
    ended: u32,
}

impl<'t> Scan<'t> {
    /// `None` if the header contradicts itself or the frame.
    pub(super) fn parse(body: &[u8], frame: &mut Frame, tables: &'t Tables) -> Option<Self> {
        let (&count, rest) = body.split_first()?;
        let (list, rest) = rest.split_at_checked(2 * usize::from(count))?;
        let [first, last, bits, ..] = *rest else { return None };
        let band = match frame.is_progressive {
            true => Band { first: first.into(), last: last.into(), high: (bits >> 4).into(), low: (bits & 15).into() },
            false => WHOLE,
        };
        let fits = match (band.first, band.last) {
            _ if !frame.is_progressive => true,
            (0, last) => last == 0,
            (first, last) => first <= last && last < 64 && count == 1,
        };
        if !(1..=4).contains(&count) || !fits || band.low > 13 || (band.high > 0 && band.high != band.low + 1) {
            return None;
        }
        let mut parts = Vec::with_capacity(usize::from(count));
        for pair in list.chunks_exact(2) {
            let index = frame.components.iter().position(|c| c.id == pair[0])?;
            let component = &mut frame.components[index];
            if parts.iter().any(|part: &Part| part.index == index) {
                return None;
            }
            if component.quant.is_none() {
                component.quant = tables.quant[component.quant_index].clone();
            }
            component.quant.as_ref()?;
            let (dc, ac) = (usize::from(pair[1] >> 4), usize::from(pair[1] & 15));
            let part = Part {
                index,
                dc: tables.dc.get(dc)?.as_ref(),
                ac: tables.ac.get(ac)?.as_ref(),
                across: component.across,
                down: component.down,
            };
            let needs = (band.first == 0 && band.high == 0, band.last > 0);
            if (needs.0 && part.dc.is_none()) || (needs.1 && part.ac.is_none()) {
                return None;
            }
            parts.push(part);
        }
        let (mut mcus_wide, mut mcus_high) = (frame.mcus_wide, frame.mcus_high);
        if let [only] = &mut parts[..] {
            // A scan of one component has a block an MCU, and no blocks outside of the picture (A.2.2).
            let component = &frame.components[only.index];
            (only.across, only.down) = (1, 1);
            (mcus_wide, mcus_high) = (component.width.div_ceil(8), component.height.div_ceil(8));
        }
        Some(Self { parts, band, mcus_wide, mcus: mcus_wide * mcus_high, restart: tables.restart })
    }

    /// Decodes the bytes behind the header; gives how many there were and the first thing that is wrong with them.
    ///
    /// With `keep` each run is decoded as far as it goes, and what is missing of it is grey; without, nothing behind damage is.
    pub(super) fn decode(&self, data: &[u8], components: &mut [Component], keep: bool) -> (usize, Found<()>) {
        let step = if self.restart == 0 { self.mcus } else { self.restart };
        let expected = self.mcus.div_ceil(step);
        let end = |index: usize| (index * step + step).min(self.mcus);
        let found = split(data, expected, |run| {
            // What this decodes is decoded again at its right place; where scans add to one another it would stay.
            let is_alone = self.band == WHOLE;
            keep && is_alone && self.run(run.bytes, run.index * step, end(run.index), components).1.is_err()
        });
        let mut outcome = if found.is_whole { Ok(()) } else { Err(Damage::Restart) };
        let mut next = 0;
        for Run { index, bytes } in found.runs {
            if keep {
                self.fill(next, index * step, components);
            }
            let end = end(index);
            let (reached, result) = self.run(bytes, index * step, end, components);
            outcome = outcome.and(result);
            // Grey for what is missing costs the memory of the whole picture, however small the file is.
            if outcome.is_err() && !keep {
                break;
            }
            self.fill(reached, end, components);
            next = end;
        }
        if keep {
            self.fill(next, self.mcus, components);
        }
        self.parts.iter().for_each(|part| components[part.index].is_coded = true);
        (found.bytes, outcome)
    }

    /// Decodes one run; gives the MCU that was reached.
    fn run(&self, bytes: &[u8], from: usize, end: usize, components: &mut [Component]) -> (usize, Found<()>) {
        struct OneRun<'a, 't>(&'a Scan<'t>, &'a [u8], usize, usize, &'a mut [Component]);
        impl Work for OneRun<'_, '_> {
            type Output = (usize, Found<()>);
            #[inline(always)]
            fn run(self) -> (usize, Found<()>) {
                self.0.mcus(self.1, self.2, self.3, self.4)
            }
        }
        with_widest(OneRun(self, bytes, from, end, components))
    }

    #[inline(always)]
    fn mcus(&self, bytes: &[u8], from: usize, end: usize, components: &mut [Component]) -> (usize, Found<()>) {
        let (mut bits, mut state) = (Bits::new(bytes), State::default());
        for mcu in from..end {
            let done = self.mcu(&mut bits, &mut state, mcu, components);
            if bits.is_past_end() {
                return (mcu, Err(Damage::Short));
            }
            if done.is_err() {
                return (mcu, done);
            }
        }
        (end, if bits.is_spent() { Ok(()) } else { Err(Damage::Long) })
    }

    #[inline(always)]
    fn mcu(&self, bits: &mut Bits, state: &mut State, mcu: usize, components: &mut [Component]) -> Found<()> {
        for (i, part, x, y) in self.blocks(mcu) {
            let component = &mut components[part.index];
            match component.coefficients.is_empty() {
                true => sequential(bits, part, &mut state.predicted[i], component, (x, y))?,
                false => {
                    self.progressive(bits, part, (&mut state.predicted[i], &mut state.ended), component, (x, y))?
                }
            }
        }
        Ok(())
    }

    /// One scan's part of a block.
    #[inline(always)]
    fn progressive(
        &self,
        bits: &mut Bits,
        part: &Part,
        (predicted, ended): (&mut i32, &mut u32),
        component: &mut Component,
        (x, y): (usize, usize),
    ) -> Found<()> {
        let at = y * component.blocks_wide + x;
        let (blocks, _) = component.coefficients.as_chunks_mut::<64>();
        let (Some(block), Some(seen)) = (blocks.get_mut(at), component.seen.get_mut(at)) else {
            return Err(Damage::Coefficient);
        };
        match part.ac {
            _ if self.band.first == 0 => dc_part(bits, part.dc, self.band, predicted, block),
            Some(ac) if self.band.high == 0 => ac_first(bits, ac, self.band, ended, (block, seen)),
            Some(ac) => ac_refine(bits, ac, self.band, ended, (block, seen)),
            None => Err(Damage::Code),
        }
    }

    /// The blocks of an MCU: the number and the part of a component, column and row.
    #[inline(always)]
    fn blocks(&self, mcu: usize) -> impl Iterator<Item = (usize, &Part<'t>, usize, usize)> {
        let (row, column) = (mcu / self.mcus_wide, mcu % self.mcus_wide);
        self.parts.iter().enumerate().flat_map(move |(i, part)| {
            (0..part.across * part.down).map(move |n| {
                let (x, y) = (n % part.across, n / part.across);
                (i, part, column * part.across + x, row * part.down + y)
            })
        })
    }

    /// MCUs that are lost become grey; several scans leave what earlier ones gave.
    fn fill(&self, from: usize, end: usize, components: &mut [Component]) {
        for (_, part, x, y) in (from..end).flat_map(|mcu| self.blocks(mcu)) {
            let component = &mut components[part.index];
            if component.coefficients.is_empty() {
                component.put(&[0; 64], 0, x, y);
            }
        }
    }
}

/// A block of a frame that is not progressive: its samples at once.
#[inline(always)]
fn sequential(
    bits: &mut Bits,
    part: &Part,
    predicted: &mut i32,
    component: &mut Component,
    (x, y): (usize, usize),
) -> Found<()> {
    let mut block = [0; 64];
    let (Some(dc), Some(ac)) = (part.dc, part.ac) else { return Err(Damage::Code) };
    let seen = whole(bits, (dc, ac), predicted, &mut block)?;
    component.put(&block, last_of(seen), x, y);
    Ok(())
}

impl Component {
    /// Stores the samples of a block.
    #[inline(always)]
    fn put(&mut self, block: &Block, last: usize, x: usize, y: usize) {
        let stride = self.stride();
        if let Some(quant) = &self.quant {
            inverse(block, quant, last, &mut self.samples[y * 8 * stride + x * 8..], stride);
        }
    }

    /// Samples from coefficients, when all scans are done.
    pub(super) fn finish(&mut self) {
        struct Finish<'a>(&'a mut Component);
        impl Work for Finish<'_> {
            type Output = ();
            #[inline(always)]
            fn run(self) {
                self.0.transform();
            }
        }
        with_widest(Finish(self));
    }

    #[inline(always)]
    fn transform(&mut self) {
        if !self.is_coded {
            self.samples.fill(128);
            return;
        }
        let coefficients = std::mem::take(&mut self.coefficients);
        let seen = std::mem::take(&mut self.seen);
        for (i, (block, seen)) in coefficients.as_chunks::<64>().0.iter().zip(seen).enumerate() {
            self.put(block, last_of(seen), i % self.blocks_wide, i / self.blocks_wide);
        }
    }
}
