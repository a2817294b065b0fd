//! A predictor's file, written. docs/format.md has every byte.

use super::{Anchor, Channel, Predictor, Tap, MAGIC, MOST, VERSION};
use crate::error::{Error, Result};
use crate::wire::{sha256, Limits, Writer};
use vaerans_kernels::predict::SYMBOLS;

impl Predictor {
    /// Its file; `sha256` is without effect.
    ///
    /// # Errors
    /// `model.invalid` for parameters that no reader takes.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut w = Writer::new();
        w.bytes(&MAGIC);
        w.u8(VERSION);
        w.count(self.layers.len(), MOST[1], "layers");
        self.layers.iter().for_each(|&end| w.count(end, MOST[0], "channels"));
        w.count(self.anchors.len(), MOST[2], "anchors");
        w.count(self.between, MOST[3], "steps between anchors");
        // Column by column: what lies beside each other is alike, and compresses.
        let columns: [fn(&Anchor) -> i64; 4] =
            [|a| a.gain.into(), |a| a.mean_gain.into(), |a| a.scale_gain.into(), |a| a.bias.into()];
        for column in columns {
            self.anchors.iter().flatten().for_each(|a| w.signed(column(a)));
        }
        self.channels.iter().for_each(|c| channel(&mut w, c));
        self.tables.iter().flat_map(|t| t.chunks(SYMBOLS)).for_each(|table| {
            // The last follows from the sum.
            table[..SYMBOLS - 1].iter().for_each(|e| w.u16((e & 0xffff) as u16));
        });
        let bytes = w.finish().map_err(|e| Error::new("model.invalid", e.to_string()))?;
        Predictor::read(&bytes, &Limits::default())?;
        Ok(bytes)
    }

    /// The same with the hash of its file.
    ///
    /// # Errors
    /// As [`Predictor::to_bytes`].
    pub fn named(mut self) -> Result<Predictor> {
        self.sha256 = sha256(&self.to_bytes()?);
        Ok(self)
    }
}

fn channel(w: &mut Writer, c: &Channel) {
    w.varint(c.edge.into());
    w.varint(c.energy_gain.into());
    [&c.mean, &c.scale].into_iter().for_each(|all| taps(w, all));
    let there = c.energy.iter().rev().fold(0u64, |bits, &weight| bits << 1 | u64::from(weight != 0));
    w.varint(there);
    c.energy.iter().filter(|&&weight| weight != 0).for_each(|&weight| w.signed(weight.into()));
}

fn taps(w: &mut Writer, taps: &[Tap]) {
    w.count(taps.len(), MOST[4], "taps");
    for tap in taps {
        w.varint(tap.back.into());
        w.signed(tap.dy.into());
        w.signed(tap.dx.into());
        w.signed(tap.weight.into());
    }
}
