//! The metrics and the blur as steps of a pipe.
#![allow(clippy::unwrap_used)] // a helper that unwraps fails its test where it should

mod common;

use common::step;
use vaerans::arena::DType;
use vaerans::codec::filter::blur::gaussian_blur;
use vaerans::codec::Progress;
use vaerans::component::{Component, Kind, Meta, Params, Value};
use vaerans::ecs::{EntityId, Pipe, World, WorldOptions};
use vaerans::kernels::Kernels;
use vaerans::metric::{psnr, Pictures};
use vaerans::REGISTRY;

const SHAPE: [usize; 3] = [180, 170, 3];

fn picture(seed: usize) -> Vec<u8> {
    (0..SHAPE.iter().product()).map(|i: usize| ((i * i / 300 + i * 7 + seed * (i % 9)) % 256) as u8).collect()
}

fn world(threads: usize) -> World {
    let options = WorldOptions::new(Kernels::active());
    World::new(WorldOptions { arena_bytes: 1 << 22, threads: Some(threads), ..options }).unwrap()
}

fn spawn(world: &mut World) -> EntityId {
    let id = world.lease_image(Box::new(picture(0)), DType::U8, &SHAPE).unwrap();
    let recon = world.arena().put(&SHAPE, &picture(1)).unwrap();
    world.attach(id, "ReconRGB", Component::new(Kind::Image, recon), None).unwrap();
    id
}

fn scalar(world: &World, id: EntityId, key: &str) -> f64 {
    let component = world.component(id, key, None).unwrap();
    assert_eq!((component.kind, component.data.shape()), (Kind::Scalar, &[][..]));
    let value = component.data.read::<f64>().unwrap()[0];
    assert_eq!(component.meta, Meta::Scalar(value));
    value
}

#[test]
fn metrics_chain_and_read_their_two_pictures() {
    let mut first = None;
    for threads in [1, 3] {
        let mut world = world(threads);
        let id = spawn(&mut world);
        let mut pipe = Pipe::new(vec![id]);
        for name in ["MetricPSNR", "MetricSSIM", "MetricMSSSIM"] {
            pipe.to(&mut world, step(name, Params::new()), None);
        }
        assert!(matches!(pipe.advance(&mut world).unwrap(), Progress::Done));
        let values = ["PSNR", "SSIM", "MSSSIM"].map(|key| scalar(&world, id, key));
        let (a, b) = (picture(0), picture(1));
        assert_eq!(values[0], psnr(Kernels::active(), &Pictures::new(&a, &b, SHAPE).unwrap()));
        assert!(values[1] < 1.0 && values[1] < values[2] && values[2] < 1.0, "{values:?}");
        assert_eq!(*first.get_or_insert(values), values);
    }
}

#[test]
fn blur_is_a_side_product_that_can_be_measured() {
    let mut world = world(2);
    let id = spawn(&mut world);
    let mut pipe = Pipe::new(vec![id]);
    pipe.select("ReconRGB");
    pipe.to(&mut world, step("GaussianBlur", Params::new().with("sigma", Value::Float(1.5))), None);
    pipe.to(&mut world, step("MetricPSNR", Params::new().with("recon", Value::Text("BlurRGB".into()))), None);
    assert!(matches!(pipe.advance(&mut world).unwrap(), Progress::Done));
    let mut expected = vec![0u8; picture(1).len()];
    gaussian_blur(Kernels::REFERENCE, 1, &picture(1), SHAPE, 1.5, &mut expected).unwrap();
    let blurred = world.component(id, "BlurRGB", None).unwrap();
    assert_eq!(blurred.data.read::<u8>().unwrap()[..], expected[..]);
    assert!(blurred.lineage.steps().is_empty());
    let a = picture(0);
    let value = psnr(Kernels::active(), &Pictures::new(&a, &expected, SHAPE).unwrap());
    assert_eq!(scalar(&world, id, "PSNR"), value);
}

#[test]
fn a_missing_or_unlike_picture_is_named() {
    let mut world = world(1);
    let id = world.lease_image(Box::new(picture(0)), DType::U8, &SHAPE).unwrap();
    let mut pipe = Pipe::new(vec![id]);
    pipe.to(&mut world, step("MetricSSIM", Params::new()), None);
    let e = pipe.advance(&mut world).err().unwrap();
    assert!(e.code() == "pipe.missing_input" && e.message().contains("ReconRGB"), "{e}");
    let small = world.arena().put(&[2, 2, 3], &[0u8; 12]).unwrap();
    world.attach(id, "ReconRGB", Component::new(Kind::Image, small), None).unwrap();
    let e = pipe.advance(&mut world).err().unwrap();
    assert!(e.code() == "param.shape" && e.message().contains("uint8 [2, 2, 3]"), "{e}");
}

#[test]
fn small_pictures_are_refused_by_the_windows_and_not_by_psnr() {
    let mut world = world(1);
    let id = world.lease_image(Box::new(vec![7u8; 27]), DType::U8, &[3, 3, 3]).unwrap();
    let keys = || Params::new().with("recon", Value::Text("RGB".into()));
    let mut run = |name: &str, params: Params| {
        let mut pipe = Pipe::new(vec![id]);
        pipe.to(&mut world, step(name, params), None);
        pipe.advance(&mut world).map(|_| scalar(&world, id, "PSNR"))
    };
    assert_eq!(run("MetricPSNR", keys()).unwrap(), f64::INFINITY);
    assert_eq!(run("MetricSSIM", keys()).unwrap_err().code(), "data.too_small");
    assert_eq!(run("MetricMSSSIM", keys().with("scales", Value::Int(1))).unwrap_err().code(), "data.too_small");
}

#[test]
fn parameters_are_checked_when_a_system_is_made() {
    let code = |name: &str, key: &str, value: Value| {
        REGISTRY.step(name, &Params::new().with(key, value)).map(drop).unwrap_err().code()
    };
    assert_eq!(code("GaussianBlur", "sigma", Value::Float(-1.0)), "param.range");
    assert_eq!(code("GaussianBlur", "sigma", Value::Float(f64::NAN)), "param.range");
    assert_eq!(code("GaussianBlur", "radius", Value::Int(3)), "param.unknown");
    assert_eq!(code("MetricMSSSIM", "scales", Value::Int(6)), "param.range");
    assert_eq!(code("MetricPSNR", "scales", Value::Int(5)), "param.unknown");
    assert_eq!(code("MetricPSNR", "src", Value::Int(5)), "param.type");
    let e = REGISTRY.step("MetricPSNR", &Params::new()).unwrap().undo().err().unwrap();
    assert_eq!(e.code(), "pipe.no_inverse");
}

#[test]
fn blur_refuses_what_is_no_picture() {
    let k = Kernels::active();
    let code = |shape, sigma, n: usize| {
        gaussian_blur(k, 1, &vec![0u8; n], shape, sigma, &mut vec![0u8; n]).unwrap_err().code()
    };
    assert_eq!(code([2, 2, 3], 1025.0, 12), "param.range");
    assert_eq!(code([2, 2, 3], 1.0, 11), "param.shape");
    assert_eq!(code([2, 0, 3], 1.0, 0), "data.empty");
    assert_eq!(code([usize::MAX, 2, 3], 1.0, 12), "param.shape");
}
