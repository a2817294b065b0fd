//! The head of a codec: a small file that names all others.

use crate::error::{Error, Result};
use crate::wire::{Reader, Writer};

/// The first bytes.
const MAGIC: [u8; 8] = *b"\xf6VRNLVC\n";
/// The version that this build reads and writes.
const VERSION: u8 = 0;
/// Most layers, pixels of a sample, samples of a reach, characters of a name, numbers of a scale's table.
const MOST: [u64; 5] = [8, 256, 64, 64, 1 << 18];

/// What the head says.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// What people call it.
    pub name: String,
    /// SHA-256 of its predictor.
    pub predictor: [u8; 32],
    /// SHA-256 of the plan of each layer's synthesis; a plan holds that of its weights.
    pub plans: Vec<[u8; 32]>,
    /// Pixels of a sample of a latent along each axis.
    pub downscale: usize,
    /// How many samples beside one a pixel of it depends on, and a sample on others' pixels.
    pub reach: [usize; 2],
    /// Below this quality the base alone is coded.
    pub base_steps: usize,
    /// Units of latent per integer at each anchor of the predictor, all channels of each: what integers are multiplied by.
    pub scales: Vec<f32>,
}

impl Head {
    /// Its bytes.
    ///
    /// # Errors
    /// `model.invalid` for what no reader takes.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut w = Writer::new();
        w.bytes(&MAGIC);
        w.u8(VERSION);
        w.text(&self.name, MOST[3]);
        w.bytes(&self.predictor);
        w.count(self.plans.len(), MOST[0], "layers");
        self.plans.iter().for_each(|p| w.bytes(p));
        w.count(self.downscale, MOST[1], "pixels of a sample");
        self.reach.iter().for_each(|&r| w.count(r, MOST[2], "samples of a reach"));
        w.varint(self.base_steps as u64);
        w.count(self.scales.len(), MOST[4], "scales");
        self.scales.iter().for_each(|&s| w.f32(s));
        let bytes = w.finish().map_err(|e| Error::new("model.invalid", e.to_string()))?;
        Head::read(&bytes)?;
        Ok(bytes)
    }

    /// Of its bytes.
    ///
    /// # Errors
    /// `model.invalid`.
    pub fn read(bytes: &[u8]) -> Result<Head> {
        let read = read(&mut Reader::new(bytes, "head"));
        read.map_err(|e| Error::new("model.invalid", format!("no head of a learned codec: {e}")))
    }
}

fn read(r: &mut Reader) -> Result<Head> {
    if r.bytes(MAGIC.len())? != MAGIC {
        return Err(r.invalid("other first bytes"));
    }
    let version = r.u8()?;
    if version != VERSION {
        return Err(r.invalid(&format!("version {version}; this build reads {VERSION}")));
    }
    let name = r.text(MOST[3])?.to_owned();
    let predictor = r.array()?;
    let layers = r.count(MOST[0], "layers")?;
    let plans = (0..layers).map(|_| r.array()).collect::<Result<Vec<_>>>()?;
    let downscale = r.count(MOST[1], "pixels of a sample")?;
    let reach = [r.count(MOST[2], "samples of a reach")?, r.count(MOST[2], "samples of a reach")?];
    let base_steps = r.count(1 << 16, "qualities of the base alone")?;
    let count = r.count(MOST[4].min(r.remaining() as u64 / 4), "scales")?;
    let scales = (0..count).map(|_| r.f32()).collect::<Result<Vec<_>>>()?;
    if layers == 0 || !downscale.is_power_of_two() || r.remaining() > 0 {
        return Err(r.invalid("no layers, samples of a size that is no power of two, or bytes behind the end"));
    }
    if !scales.iter().all(|s| s.is_finite() && *s > 0.0) {
        return Err(r.invalid("a scale that is not above 0"));
    }
    Ok(Head { name, predictor, plans, downscale, reach, base_steps, scales })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> Head {
        Head {
            name: "toy".into(),
            predictor: [7; 32],
            plans: vec![[1; 32], [2; 32]],
            downscale: 16,
            reach: [5, 7],
            base_steps: 25,
            scales: vec![0.5, 1.0e-3, 77.25],
        }
    }

    #[test]
    fn a_head_comes_back() {
        let made = head();
        assert_eq!(Head::read(&made.to_bytes().unwrap()).unwrap(), made);
        let bare = Head { name: String::new(), plans: vec![[0; 32]], scales: Vec::new(), downscale: 1, ..made };
        assert_eq!(Head::read(&bare.to_bytes().unwrap()).unwrap(), bare);
    }

    #[test]
    fn what_no_reader_takes_is_not_written() {
        let wrong = [
            Head { name: "n".repeat(65), ..head() },
            Head { plans: Vec::new(), ..head() },
            Head { plans: vec![[0; 32]; 9], ..head() },
            Head { downscale: 0, ..head() },
            Head { downscale: 24, ..head() },
            Head { downscale: 512, ..head() },
            Head { reach: [5, 65], ..head() },
            Head { base_steps: (1 << 16) + 1, ..head() },
            Head { scales: vec![1.0, 0.0], ..head() },
            Head { scales: vec![-1.0], ..head() },
            Head { scales: vec![f32::NAN], ..head() },
            Head { scales: vec![f32::INFINITY], ..head() },
        ];
        for head in wrong {
            assert_eq!(head.to_bytes().unwrap_err().code(), "model.invalid", "{head:?}");
        }
    }

    #[test]
    fn damaged_heads_are_refused_or_others() {
        let bytes = head().to_bytes().unwrap();
        for end in 0..bytes.len() {
            assert_eq!(Head::read(&bytes[..end]).unwrap_err().code(), "model.invalid", "{end} bytes");
        }
        assert_eq!(Head::read(&[&bytes[..], &[0]].concat()).unwrap_err().code(), "model.invalid");
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[at] ^= 1 << bit;
                match Head::read(&damaged) {
                    Ok(other) => assert_ne!(other, head(), "byte {at}"),
                    Err(error) => assert_eq!(error.code(), "model.invalid", "byte {at}"),
                }
            }
        }
    }
}
