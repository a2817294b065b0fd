//! Pipes of the user's own through quantisers, coder and container.

use super::chain::Keyed;
use super::quantize::steps::relative_step;
use super::registry::build;
use super::{bands, store};
use crate::arena::{Arena, Element};
use crate::bitstream::Metadata;
use crate::component::{Component, Kind, Meta, Params, Value};
use crate::ecs::{Ctx, System};
use crate::error::Result;
use crate::wire::Limits;
use std::sync::Arc;
use vaerans_kernels::Kernels;

fn int(name: &str, v: i64) -> Params {
    Params::new().with(name, Value::Int(v))
}

fn text(name: &str, v: &str) -> Params {
    Params::new().with(name, Value::Text(v.into()))
}

/// Smooth values of both signs.
fn latent(n: usize) -> Vec<f32> {
    (0..n).map(|i| ((i * 37 % 101) as f32 - 50.0) * 0.07 + (i as f32 * 0.013).sin() * 3.0).collect()
}

fn start<T: Element>(arena: &Arena, kind: Kind, shape: &[usize], values: &[T]) -> Keyed {
    let data = arena.put(shape, values).unwrap();
    Keyed { key: "Latent4".into(), component: Component::new(kind, data) }
}

fn with_ctx<T>(f: impl FnOnce(&Ctx, &Arena) -> T) -> T {
    let (arena, limits) = (Arena::new(64 << 20).unwrap(), Limits::default());
    f(&Ctx { kernels: Kernels::active(), arena: &arena, threads: 1, limits: &limits }, &arena)
}

/// Through a file and back.
fn through_a_file(ctx: &Ctx, arena: &Arena, start: Keyed, steps: &[Arc<dyn System>]) -> Result<(Keyed, usize)> {
    let end = start.run(ctx, steps)?;
    let bytes = store::save(&end.key, &end.component, Metadata::default())?;
    let (opened, _) = store::open(arena, &bytes, &Limits::default())?;
    Ok((opened.undo(ctx)?, bytes.len()))
}

#[test]
fn the_seeds_pipe_comes_back_within_half_a_step() {
    with_ctx(|ctx, arena| {
        for shape in [vec![4, 64, 96], vec![8, 5, 7], vec![4, 1, 1]] {
            let values = latent(shape.iter().product());
            let steps = [
                build("Hadamard4", &Params::new()).unwrap(),
                build("WaveletCDF53", &int("levels", 4)).unwrap(),
                build("QuantizeU8", &Params::new().with("per_band", Value::Bool(true))).unwrap(),
                build("ANSEncode", &Params::new()).unwrap(),
            ];
            let (back, _) = through_a_file(ctx, arena, start(arena, Kind::Latent, &shape, &values), &steps).unwrap();
            assert_eq!((back.key.as_str(), back.component.kind), ("Latent4", Kind::Latent));
            assert_eq!(back.component.data.shape(), shape);
            let back = back.component.data.read::<f32>().unwrap();
            let worst = values.iter().zip(back.iter()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(worst < 0.6, "{shape:?}: {worst}");
        }
    });
}

#[test]
fn quantisers_keep_their_bound() {
    with_ctx(|ctx, arena| {
        for (per, bits) in [("tensor", 8), ("channel", 8), ("band", 4), ("tensor", 16), ("channel", 12), ("tensor", 1)]
        {
            let values = latent(3 * 31 * 17);
            let steps = [build("QuantizeU8", &text("per", per).with("bits", Value::Int(bits))).unwrap()];
            let symbols = start(arena, Kind::Latent, &[3, 31, 17], &values).run(ctx, &steps).unwrap();
            let Meta::Quant(q) = symbols.component.meta.clone() else { panic!("no scales") };
            assert_eq!(q.scale.len(), if per == "tensor" { 1 } else { 3 });
            // Built without parameters: the forward step's decide.
            let undo = [build("Dequantize", &Params::new()).unwrap()];
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
    with_ctx(|ctx, arena| {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let mut values = latent(40);
            values[17] = bad;
            for name in ["QuantizeU8", "DeadZone"] {
                let steps = [build(name, &Params::new()).unwrap()];
                let error = start(arena, Kind::Latent, &[1, 4, 10], &values).run(ctx, &steps).unwrap_err();
                assert_eq!(error.code(), "data.not_finite", "{name}");
            }
        }
        let steps = [build("QuantizeU8", &Params::new()).unwrap()];
        let wide = start(arena, Kind::Latent, &[1, 1, 2], &[f32::MIN, f32::MAX]).run(ctx, &steps).unwrap_err();
        assert_eq!(wide.code(), "data.range");
        let constant = start(arena, Kind::Latent, &[1, 1, 3], &[0.7f32; 3]).run(ctx, &steps).unwrap();
        let back = constant.undo(ctx).unwrap();
        assert_eq!(&back.component.data.read::<f32>().unwrap()[..], &[0.7f32; 3]);
    });
}

#[test]
fn the_coder_takes_every_integer() {
    fn check<T: Element + PartialEq + std::fmt::Debug>(ctx: &Ctx, arena: &Arena, values: &[T]) {
        for setting in ["fast", "precise"] {
            for adaptive in [false, true] {
                let params = text("setting", setting).with("adaptive", Value::Bool(adaptive));
                let steps = [build("ANSEncode", &params).unwrap()];
                let n = values.len();
                let first = start(arena, Kind::Symbols, &[2, 3, n / 6], values);
                let (back, _) = through_a_file(ctx, arena, first, &steps).unwrap();
                assert_eq!(&back.component.data.read::<T>().unwrap()[..], values);
            }
        }
    }
    with_ctx(|ctx, arena| {
        let raw: Vec<u64> = (0..6 * 41u64).map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
        check(ctx, arena, &raw.iter().map(|v| (v >> 40) as u8).collect::<Vec<_>>());
        check(ctx, arena, &raw.iter().map(|v| (v >> 40) as i8).collect::<Vec<_>>());
        check(ctx, arena, &raw.iter().map(|v| (v >> 40) as u16).collect::<Vec<_>>());
        check(ctx, arena, &raw.iter().map(|v| (v >> 40) as i16).collect::<Vec<_>>());
        check(ctx, arena, &raw.iter().map(|v| (v >> 32) as i32).collect::<Vec<_>>());
        check(ctx, arena, &vec![0i32; 60]);
        check(ctx, arena, &[i32::MIN, i32::MAX, 0, -1, 1, i32::MIN]);
    });
}

#[test]
fn integers_are_coded_without_a_quantiser() {
    with_ctx(|ctx, arena| {
        let values: Vec<i32> = (0..2 * 45 * 51).map(|i| (i * i) % 97 - 48).collect();
        for wavelet in ["WaveletCDF53", "WaveletHaar"] {
            let coder = build("ANSEncode", &Params::new().with("adaptive", Value::Bool(true))).unwrap();
            let steps = [build(wavelet, &int("levels", 3)).unwrap(), coder];
            let (back, _) =
                through_a_file(ctx, arena, start(arena, Kind::Planes, &[2, 45, 51], &values), &steps).unwrap();
            assert_eq!(&back.component.data.read::<i32>().unwrap()[..], &values[..], "{wavelet}");
        }
    });
}

#[test]
fn floats_are_not_symbols() {
    with_ctx(|ctx, arena| {
        let steps = [build("ANSEncode", &Params::new()).unwrap()];
        let error = start(arena, Kind::Planes, &[1, 2, 2], &latent(4)).run(ctx, &steps).unwrap_err();
        assert_eq!(error.code(), "param.dtype");
    });
}

#[test]
fn only_bytes_of_a_coder_are_a_file() {
    with_ctx(|_, arena| {
        let keyed = start(arena, Kind::Latent, &[4], &latent(4));
        let error = store::save(&keyed.key, &keyed.component, Metadata::default()).unwrap_err();
        assert_eq!(error.code(), "pipe.not_saveable");
        let bytes = start(arena, Kind::Bitstream, &[2], &[1u8, 2]);
        let error = store::save(&bytes.key, &bytes.component, Metadata::default()).unwrap_err();
        assert_eq!(error.code(), "pipe.not_saveable");
    });
}

#[test]
fn wrong_parameters_are_named() {
    let code = |name: &str, params: &Params| build(name, params).err().map(|e| e.code());
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
    with_ctx(|ctx, arena| {
        let (side, levels) = (128, 4);
        for wavelet in ["WaveletCDF97", "WaveletCDF53", "WaveletHaar"] {
            let steps = [build(wavelet, &int("levels", levels)).unwrap()];
            let zeros = vec![0f32; side * side];
            let zero = start(arena, Kind::Planes, &[1, side, side], &zeros).run(ctx, &steps).unwrap();
            let lineage = zero.component.lineage.clone();
            for band in bands::all([1, side, side], levels as usize) {
                let mut values = zeros.clone();
                values[(band.y + band.height / 2) * side + band.x + band.width / 2] = 1.0;
                let data = arena.put(&[1, side, side], &values).unwrap();
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
