//! Pipes of the user's own through quantisers, coder and container.

use super::bands;
use super::open::{DecodeOptions, Decoded, Opened};
use super::quantize::steps::relative_step;
use super::test_kit::{native, with_ctx, Keyed};
use crate::arena::{Element, TensorRef};
use crate::component::{Component, Kind, Meta, Params, Value};
use crate::ecs::{Ctx, Native};
use crate::error::Result;
use crate::wire::{Limits, Slice};
use crate::REGISTRY;
use vaerans_kernels::Kernels;

fn int(name: &str, v: i64) -> Params {
    Params::new().with(name, Value::Int(v))
}

fn text(name: &str, v: &str) -> Params {
    Params::new().with(name, Value::Text(v.into()))
}

fn flag(name: &str, v: bool) -> Params {
    Params::new().with(name, Value::Bool(v))
}

/// Smooth values of both signs.
fn latent(n: usize) -> Vec<f32> {
    (0..n).map(|i| ((i * 37 % 101) as f32 - 50.0) * 0.07 + (i as f32 * 0.013).sin() * 3.0).collect()
}

fn start<T: Element>(ctx: &Ctx, kind: Kind, shape: &[usize], values: &[T]) -> Keyed {
    Keyed::new(ctx, "Latent4", kind, shape, values)
}

/// Through a file and back: what the opener gives, held against what undoing the steps in memory gives.
fn through_a_file(ctx: &Ctx, start: &Keyed, steps: &[Native]) -> Result<TensorRef> {
    let end = start.run(ctx, steps)?;
    let file = end.save()?;
    let source = Slice(&file);
    let opened = Opened::new(&source, &REGISTRY, &Limits::default())?;
    let Decoded::Tensor(kind, data) = opened.decode(Kernels::active(), &DecodeOptions::default())? else {
        panic!("a picture")
    };
    let back = end.undo(ctx)?;
    assert_eq!((back.key.as_str(), back.component.kind), (start.key.as_str(), start.component.kind));
    assert_eq!((kind, data.shape()), (start.component.kind, start.component.data.shape()));
    assert_eq!(data.bytes()?[..], back.component.data.bytes()?[..]);
    Ok(data)
}

#[test]
fn the_seeds_pipe_comes_back_within_half_a_step() {
    with_ctx(|ctx| {
        for shape in [vec![4, 64, 96], vec![8, 5, 7], vec![4, 1, 1]] {
            let values = latent(shape.iter().product());
            let steps = [
                native("Hadamard4", Params::new()),
                native("WaveletCDF53", int("levels", 4)),
                native("QuantizeU8", flag("per_band", true)),
                native("ANSEncode", Params::new()),
            ];
            let back = through_a_file(ctx, &start(ctx, Kind::Latent, &shape, &values), &steps).unwrap();
            let back = back.read::<f32>().unwrap();
            let worst = values.iter().zip(back.iter()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(worst < 0.6, "{shape:?}: {worst}");
        }
    });
}

#[test]
fn quantisers_keep_their_bound() {
    with_ctx(|ctx| {
        for (per, bits) in [("tensor", 8), ("channel", 8), ("band", 4), ("tensor", 16), ("channel", 12), ("tensor", 1)]
        {
            let values = latent(3 * 31 * 17);
            let steps = [native("QuantizeU8", text("per", per).with("bits", Value::Int(bits)))];
            let symbols = start(ctx, Kind::Latent, &[3, 31, 17], &values).run(ctx, &steps).unwrap();
            let Meta::Quant(q) = symbols.component.meta.clone() else { panic!("no scales") };
            assert_eq!(q.scale.len(), if per == "tensor" { 1 } else { 3 });
            // Built without parameters: the forward step's decide.
            let undo = [native("Dequantize", Params::new())];
            let back = symbols.run(ctx, &undo).unwrap();
            let back = back.component.data.read::<f32>().unwrap();
            for (i, (a, b)) in values.iter().zip(back.iter()).enumerate() {
                let scale = q.scale[if per == "tensor" { 0 } else { i / (31 * 17) }];
                assert!((a - b).abs() <= scale * 0.5001 + 1e-6, "{per} {bits}: {a} {b} at {i}, scale {scale}");
            }
        }
    });
}

#[test]
fn quantisers_refuse_what_is_no_number() {
    with_ctx(|ctx| {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let mut values = latent(40);
            values[17] = bad;
            for name in ["QuantizeU8", "DeadZone"] {
                let steps = [native(name, Params::new())];
                let error = start(ctx, Kind::Latent, &[1, 4, 10], &values).run(ctx, &steps).unwrap_err();
                assert_eq!(error.code(), "data.not_finite", "{name}");
            }
        }
        let steps = [native("QuantizeU8", Params::new())];
        let wide = start(ctx, Kind::Latent, &[1, 1, 2], &[f32::MIN, f32::MAX]).run(ctx, &steps).unwrap_err();
        assert_eq!(wide.code(), "data.range");
        let constant = start(ctx, Kind::Latent, &[1, 1, 3], &[0.7f32; 3]).run(ctx, &steps).unwrap();
        let back = constant.undo(ctx).unwrap();
        assert_eq!(&back.component.data.read::<f32>().unwrap()[..], &[0.7f32; 3]);
    });
}

#[test]
fn the_coder_takes_every_integer() {
    fn check<T: Element + PartialEq + std::fmt::Debug>(ctx: &Ctx, values: &[T]) {
        for setting in ["fast", "precise"] {
            for adaptive in [false, true] {
                let params = text("setting", setting).with("adaptive", Value::Bool(adaptive));
                let steps = [native("ANSEncode", params)];
                let n = values.len();
                let first = start(ctx, Kind::Symbols, &[2, 3, n / 6], values);
                let back = through_a_file(ctx, &first, &steps).unwrap();
                assert_eq!(&back.read::<T>().unwrap()[..], values);
            }
        }
    }
    with_ctx(|ctx| {
        let raw: Vec<u64> = (0..6 * 41u64).map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
        check(ctx, &raw.iter().map(|v| (v >> 40) as u8).collect::<Vec<_>>());
        check(ctx, &raw.iter().map(|v| (v >> 40) as i8).collect::<Vec<_>>());
        check(ctx, &raw.iter().map(|v| (v >> 40) as u16).collect::<Vec<_>>());
        check(ctx, &raw.iter().map(|v| (v >> 40) as i16).collect::<Vec<_>>());
        check(ctx, &raw.iter().map(|v| (v >> 32) as i32).collect::<Vec<_>>());
        check(ctx, &vec![0i32; 60]);
        check(ctx, &[i32::MIN, i32::MAX, 0, -1, 1, i32::MIN]);
    });
}

#[test]
fn integers_are_coded_without_a_quantiser() {
    with_ctx(|ctx| {
        let values: Vec<i32> = (0..2 * 45 * 51).map(|i| (i * i) % 97 - 48).collect();
        for wavelet in ["WaveletCDF53", "WaveletHaar"] {
            let steps = [native(wavelet, int("levels", 3)), native("ANSEncode", flag("adaptive", true))];
            let back = through_a_file(ctx, &start(ctx, Kind::Planes, &[2, 45, 51], &values), &steps).unwrap();
            assert_eq!(&back.read::<i32>().unwrap()[..], &values[..], "{wavelet}");
        }
    });
}

#[test]
fn floats_are_not_symbols() {
    with_ctx(|ctx| {
        let steps = [native("ANSEncode", Params::new())];
        let error = start(ctx, Kind::Planes, &[1, 2, 2], &latent(4)).run(ctx, &steps).unwrap_err();
        assert_eq!(error.code(), "param.dtype");
    });
}

#[test]
fn only_bytes_of_a_coder_are_a_file() {
    with_ctx(|ctx| {
        let keyed = start(ctx, Kind::Latent, &[4], &latent(4));
        let error = keyed.save().unwrap_err();
        assert_eq!(error.code(), "pipe.not_saveable");
        let bytes = start(ctx, Kind::Bitstream, &[2], &[1u8, 2]);
        let error = bytes.save().unwrap_err();
        assert_eq!(error.code(), "pipe.not_saveable");
    });
}

#[test]
fn wrong_parameters_are_named() {
    let code = |name: &str, params: &Params| REGISTRY.step(name, params).err().map(|e| e.code());
    assert_eq!(code("QuantizeU8", &int("bits", 17)), Some("param.range"));
    assert_eq!(code("QuantizeU8", &text("per", "pixel")), Some("param.range"));
    assert_eq!(code("QuantizeU8", &int("levels", 1)), Some("param.unknown"));
    assert_eq!(code("DeadZone", &Params::new().with("step", Value::Float(-1.0))), Some("param.range"));
    assert_eq!(code("DeadZone", &Params::new().with("step", Value::Float(f64::NAN))), Some("param.range"));
    assert_eq!(code("ANSEncode", &text("setting", "slow")), Some("param.range"));
    assert_eq!(code("ANSEncode", &text("coder", "huffman")), Some("param.range"));
    assert_eq!(code("YCoCgR", &text("float", "yes")), Some("param.type"));
}

/// One unit of error in a coefficient costs 1 / relative_step squared, summed over the picture.
#[test]
fn steps_follow_from_the_synthesis_norms() {
    with_ctx(|ctx| {
        let (side, levels) = (128, 4);
        for wavelet in ["WaveletCDF97", "WaveletCDF53", "WaveletHaar"] {
            let steps = [native(wavelet, int("levels", levels))];
            let zeros = vec![0f32; side * side];
            let zero = start(ctx, Kind::Planes, &[1, side, side], &zeros).run(ctx, &steps).unwrap();
            let lineage = zero.component.lineage.clone();
            for band in bands::all([1, side, side], levels as usize) {
                let mut values = zeros.clone();
                values[(band.y + band.height / 2) * side + band.x + band.width / 2] = 1.0;
                let data = ctx.arena.put(&[1, side, side], &values).unwrap();
                let one = Keyed { component: Component { data, ..zero.component.clone() }, ..zero.clone() };
                let back = one.undo(ctx).unwrap();
                let norm =
                    back.component.data.read::<f32>().unwrap().iter().map(|v| f64::from(v * v)).sum::<f64>().sqrt();
                let step = relative_step(&lineage, levels as usize, &band, 1, false);
                assert!((norm * step - 1.0).abs() < 0.02, "{wavelet} {band:?}: norm {norm}, step {step}");
            }
        }
    });
}
