//! Chains that run some rows at a time give what the same steps give one after the other.

use super::testing::Net;
use super::*;
use crate::kernels::testing::SplitMix64;
use crate::nn::memory::{Block, Bytes, BytesMut};
use crate::nn::plan::{Attribute, Form, Id, Value};
use crate::nn::ty::{Shape, Spec, Type};
use std::sync::Arc;

/// A network as it grows: a picture of so many rows, columns and channels.
struct Chain<'r> {
    net: Net,
    random: &'r mut SplitMix64,
    now: Id,
    size: [usize; 3],
}

impl Chain<'_> {
    fn below(&mut self, n: u64) -> usize {
        self.random.below(n) as usize
    }

    fn weight(&mut self, shape: &[usize]) -> Id {
        let n: usize = shape.iter().product();
        let bytes: Vec<u8> = self.random.vec(n, |r| r.f32(-0.5, 0.5)).iter().flat_map(|x| x.to_le_bytes()).collect();
        self.net.weight(Type::F32, shape, &bytes)
    }

    fn run(&mut self, name: &str, inputs: &[Id], attributes: Vec<Attribute>) {
        let (step, to) = self.net.step_of(name, inputs, attributes);
        self.net.plan.graph.steps.push(step.into());
        self.now = to;
    }

    /// A convolution with any window; with a residual where its output has the size of `residual`.
    fn conv(&mut self, residual: Option<(Id, [usize; 3])>, winograd: bool) {
        let [h, w, c] = self.size;
        let (ky, kx) = if winograd { (3, 3) } else { (1 + self.below(4), 1 + self.below(4)) };
        let (stride, dilation) = if winograd { (1, 1) } else { (1 + self.below(2), 1 + self.below(2)) };
        let upsample = if h * w < 1500 { 1 + self.below(2) } else { 1 };
        let pads: Vec<i64> = (0..4).map(|_| self.below(3) as i64).collect();
        let places = |n: usize, k: usize, pads: i64| {
            (n * upsample + pads as usize).checked_sub((k - 1) * dilation + 1).map(|n| n / stride + 1)
        };
        let (Some(rows), Some(columns)) = (places(h, ky, pads[0] + pads[2]), places(w, kx, pads[1] + pads[3])) else {
            return;
        };
        let depthwise = !winograd && c > 1 && self.below(3) == 0;
        let (group, n) = if depthwise { (c, c) } else { (1, 1 + self.below(14)) };
        let weight = self.weight(&[ky, kx, c / group, n]);
        if winograd {
            if let Value::Weight(w) = &mut self.net.plan.values[weight as usize] {
                w.form = Form::Winograd;
            }
        }
        let bias = self.weight(&[n]);
        let mut inputs = vec![self.now, weight, bias];
        inputs.extend(residual.filter(|(_, size)| *size == [rows, columns, n]).map(|(id, _)| id));
        let two = |n: usize| Attribute::Ints(vec![n as i64; 2]);
        let mut attributes = vec![Attribute::Absent; 10];
        (attributes[0], attributes[1], attributes[2]) = (two(stride), Attribute::Ints(pads), two(dilation));
        (attributes[3], attributes[5]) = (Attribute::Int(group as i64), Attribute::Int(self.below(3) as i64));
        attributes[9] = Attribute::Int(upsample as i64);
        self.run("Conv", &inputs, attributes);
        self.size = [rows, columns, n];
    }
}

/// A chain of random steps, ended by planes or not; what it gives.
fn network(random: &mut SplitMix64, winograd: bool) -> (Arc<Model>, Spec, usize) {
    let mut net = Net::default();
    let size = [9 + random.below(40) as usize, 5 + random.below(30) as usize, 1 + random.below(9) as usize];
    let dims = [1, size[0] as i64, size[1] as i64, size[2] as i64];
    let now = net.input(Type::F32, &dims);
    let spec = Spec::new(Type::F32, Shape::of(&[1, size[0], size[1], size[2]]).unwrap());
    let mut chain = Chain { net, random, now, size };
    let mut earlier = Vec::new();
    let mut outputs = Vec::new();
    for _ in 0..8 {
        earlier.push((chain.now, chain.size));
        let pick = chain.below(earlier.len() as u64);
        let (other, size) = earlier[pick];
        match chain.below(8) {
            0 if size == chain.size => chain.run("Add", &[chain.now, other], Vec::new()),
            1 if size[..2] == chain.size[..2] => {
                chain.run("Concat", &[chain.now, other], vec![Attribute::Int(3)]);
                chain.size[2] += size[2];
            }
            // It would make much of small differences of large numbers.
            2 if !winograd => chain.run("Tanh", &[chain.now], Vec::new()),
            3 => {
                let scale = chain.weight(&[chain.size[2]]);
                chain.run("Mul", &[chain.now, scale], Vec::new());
            }
            _ => chain.conv(Some((other, size)), winograd),
        }
    }
    if chain.below(3) == 0 {
        outputs.push(earlier[4].0);
    }
    if chain.below(2) == 0 {
        chain.run("Transpose", &[chain.now], vec![Attribute::Ints(vec![0, 3, 1, 2])]);
    }
    outputs.push(chain.now);
    let count = outputs.len();
    (chain.net.model(&outputs).unwrap(), spec, count)
}

fn run(model: &Arc<Model>, spec: Spec, band_bytes: usize, threads: usize) -> (Vec<Vec<u8>>, usize) {
    let mut given = Block::new(spec.bytes()).unwrap();
    let floats = given.all().chunks_exact_mut(4).enumerate();
    floats.for_each(|(i, x)| x.copy_from_slice(&((i * 37 % 101) as f32 / 50.0 - 1.0).to_ne_bytes()));
    let given = given.freeze().unwrap();
    let bytes = Bytes::new(spec, given.part(crate::nn::memory::Range { at: 0, bytes: spec.bytes() })).unwrap();
    let mut session = Session::new(model.clone(), Options { band_bytes, threads, ..Options::default() });
    let specs = session.prepare(&[bytes]).unwrap();
    let mut blocks: Vec<_> = specs.iter().map(|s| Block::new(s.bytes()).unwrap()).collect();
    let mut outputs: Vec<_> = blocks.iter_mut().zip(&specs).map(|(b, s)| BytesMut::new(*s, b.all()).unwrap()).collect();
    session.run(&[bytes], &mut outputs).unwrap();
    // Again, with what the first run left behind.
    session.run(&[bytes], &mut outputs).unwrap();
    drop(outputs);
    (blocks.iter_mut().map(|b| b.all().to_vec()).collect(), session.block_bytes())
}

#[test]
fn rows_at_a_time_give_the_same_bits() {
    let mut random = SplitMix64(77);
    let mut smaller = 0;
    for round in 0..150 {
        let (model, spec, count) = network(&mut random, false);
        let (whole, all) = run(&model, spec, usize::MAX, 1);
        let (banded, some) = run(&model, spec, 0, 1 + round % 3);
        assert_eq!(whole.len(), count);
        assert!(whole == banded, "round {round}");
        smaller += usize::from(some < all);
    }
    assert!(smaller > 30, "only {smaller} chains took less memory");
}

#[test]
fn tiles_that_begin_elsewhere_differ_by_rounding_alone() {
    let mut random = SplitMix64(78);
    for round in 0..40 {
        let (model, spec, _) = network(&mut random, true);
        let (whole, _) = run(&model, spec, usize::MAX, 1);
        let (banded, _) = run(&model, spec, 0, 1);
        let (again, _) = run(&model, spec, 0, 3);
        assert!(banded == again, "threads change no bit, round {round}");
        for (a, b) in whole.iter().zip(&banded) {
            let float = |bytes: &[u8]| f32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
            let pairs = || a.chunks_exact(4).map(float).zip(b.chunks_exact(4).map(float));
            let most = pairs().fold(0.0f32, |m, (x, _)| m.max(x.abs()));
            let worst = pairs().fold(0.0f32, |m, (x, y)| m.max((x - y).abs()));
            assert!(worst <= 1e-4 * most, "round {round}: {worst} of {most}");
        }
    }
}
