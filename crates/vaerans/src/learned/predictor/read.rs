//! A predictor's file, read: everything that the coder relies on is checked here.

use super::{entries, Anchor, Channel, Predictor, Tap, MAGIC, MOST, REACH, VERSION};
use crate::error::{Error, Result};
use crate::wire::{sha256, Limits, Reader};
use vaerans_kernels::predict::{BITS, CLASSES, ENTRIES, PHASES, SYMBOLS};

impl Predictor {
    /// Of its file.
    ///
    /// # Errors
    /// `model.invalid` for bytes that are none; `limit.memory`.
    pub fn read(bytes: &[u8], limits: &Limits) -> Result<Predictor> {
        // What is read takes at most so many times the bytes.
        limits.check_bytes((bytes.len() as u64).saturating_mul(16), "bytes of a predictor")?;
        let read = File { r: Reader::new(bytes, "predictor") }.predictor();
        let mut predictor = read.map_err(|e| Error::new("model.invalid", format!("no predictor: {e}")))?;
        predictor.sha256 = sha256(bytes);
        Ok(predictor)
    }
}

struct File<'a> {
    r: Reader<'a>,
}

impl File<'_> {
    fn predictor(mut self) -> Result<Predictor> {
        if self.r.bytes(MAGIC.len())? != MAGIC {
            return Err(self.r.invalid("other first bytes"));
        }
        let version = self.r.u8()?;
        if version != VERSION {
            return Err(self.r.invalid(&format!("version {version}; this build reads {VERSION}")));
        }
        let layers = self.layers()?;
        let anchors = self.count(2, "anchors")?;
        let between = self.count(3, "steps between anchors")?;
        let count = layers.last().copied().unwrap_or(0);
        let anchors = self.anchors(anchors, count)?;
        let channels = (0..count).map(|c| self.channel(c)).collect::<Result<Vec<_>>>()?;
        let tables = layers.iter().map(|_| self.tables()).collect::<Result<Vec<_>>>()?;
        if self.r.remaining() > 0 {
            return Err(self.r.invalid("bytes behind its end"));
        }
        Ok(Predictor { sha256: [0; 32], layers, between, anchors, channels, tables })
    }

    /// A number of 1 or more.
    fn count(&mut self, which: usize, what: &str) -> Result<usize> {
        match self.r.count(MOST[which], what)? {
            0 => Err(self.r.invalid(&format!("no {what}"))),
            n => Ok(n),
        }
    }

    fn layers(&mut self) -> Result<Vec<usize>> {
        let count = self.count(1, "layers")?;
        let ends = (0..count).map(|_| self.count(0, "channels")).collect::<Result<Vec<_>>>()?;
        match ends.windows(2).all(|w| w[0] < w[1]) {
            true => Ok(ends),
            false => Err(self.r.invalid("an empty layer")),
        }
    }

    fn anchors(&mut self, count: usize, channels: usize) -> Result<Vec<Vec<Anchor>>> {
        // Four bytes for each at the least: nothing is allocated for more than the file holds.
        if self.r.remaining() / 4 < count * channels {
            return Err(self.r.invalid("too few bytes for its anchors"));
        }
        let mut all = vec![vec![Anchor::default(); channels]; count];
        for a in all.iter_mut().flatten() {
            a.gain = self.number(1, 1 << 28)? as u32;
        }
        for a in all.iter_mut().flatten() {
            a.mean_gain = self.number(-(1 << 24), 1 << 24)? as i32;
        }
        for a in all.iter_mut().flatten() {
            a.scale_gain = self.number(-(1 << 24), 1 << 24)? as i32;
        }
        for a in all.iter_mut().flatten() {
            a.bias = self.number(-(1 << 28), 1 << 28)? as i32;
        }
        Ok(all)
    }

    fn number(&mut self, least: i64, most: i64) -> Result<i64> {
        let n = self.r.signed()?;
        match (least..=most).contains(&n) {
            true => Ok(n),
            false => Err(self.r.invalid(&format!("{n}, which is not in {least} to {most}"))),
        }
    }

    fn channel(&mut self, index: usize) -> Result<Channel> {
        let edge = self.unsigned()?;
        let energy_gain = self.unsigned()?;
        let (mean, scale) = (self.taps(index)?, self.taps(index)?);
        let there = self.r.count((1 << 9) - 1, "mask of sums")?;
        let mut energy = [0; 9];
        for (i, weight) in energy.iter_mut().enumerate().filter(|(i, _)| there >> i & 1 == 1) {
            *weight = self.number(i32::MIN.into(), i32::MAX.into())? as i32;
            if *weight == 0 {
                return Err(self.r.invalid(&format!("a weight of 0 in place {i}")));
            }
        }
        Ok(Channel { mean, scale, energy, edge, energy_gain })
    }

    fn unsigned(&mut self) -> Result<u32> {
        u32::try_from(self.r.varint()?).map_err(|_| self.r.invalid("a number of over 32 bits"))
    }

    fn taps(&mut self, index: usize) -> Result<Vec<Tap>> {
        let count = self.r.count(MOST[4], "taps")?;
        (0..count).map(|_| self.tap(index)).collect()
    }

    fn tap(&mut self, index: usize) -> Result<Tap> {
        let back = self.r.count(index as u64, "channels back")? as u16;
        let reach = i64::from(REACH);
        let dy = self.number(-reach, if back == 0 { -1 } else { reach })? as i8;
        let dx = self.number(-reach, reach)? as i8;
        let weight = self.number(i32::MIN.into(), i32::MAX.into())? as i32;
        Ok(Tap { back, dy, dx, weight })
    }

    fn tables(&mut self) -> Result<Vec<u32>> {
        if self.r.remaining() < CLASSES * PHASES * (SYMBOLS - 1) * 2 {
            return Err(self.r.invalid("too few bytes for its tables"));
        }
        let mut all = Vec::with_capacity(ENTRIES);
        for _ in 0..CLASSES * PHASES {
            let mut frequencies = [0u32; SYMBOLS];
            for f in &mut frequencies[..SYMBOLS - 1] {
                *f = self.r.u16()?.into();
            }
            let sum: u32 = frequencies.iter().sum();
            if frequencies[..SYMBOLS - 1].contains(&0) || sum >= 1 << BITS {
                return Err(self.r.invalid("frequencies of a table are 0 or too large"));
            }
            frequencies[SYMBOLS - 1] = (1 << BITS) - sum;
            all.extend(entries(&frequencies));
        }
        Ok(all)
    }
}
