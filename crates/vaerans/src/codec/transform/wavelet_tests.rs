use super::*;
use crate::codec::Progress;
use crate::component::{Component, Value};
use crate::ecs::{Pipe, Step, World, WorldOptions};
use crate::REGISTRY;
use vaerans_kernels::Kernels;

fn world() -> World {
    World::new(WorldOptions { arena_bytes: 1 << 20, ..WorldOptions::new(Kernels::active()) }).unwrap()
}

fn system(name: &str, levels: Option<i64>) -> Step {
    let params = levels.map_or(Params::new(), |n| Params::new().with("levels", Value::Int(n)));
    Step::Native(REGISTRY.step(name, &params).unwrap())
}

fn run(steps: Vec<Step>, shape: &[usize], values: &[f32]) -> Result<(Component, Component)> {
    let mut world = world();
    let id = world.new_entity();
    let t = world.arena().put(shape, values)?;
    world.attach(id, "Latent4", Component::new(Kind::Latent, t), None)?;
    let mut pipe = Pipe::new(vec![id]);
    for step in steps {
        pipe.to(&mut world, step, None);
    }
    assert!(matches!(pipe.advance(&mut world)?, Progress::Done));
    let get = |key| world.component(id, key, None).cloned();
    Ok((get("WaveletPyr")?, get("Latent4")?))
}

#[test]
fn every_wavelet_goes_there_and_back() {
    let values: Vec<f32> = (0..4 * 9 * 14).map(|i| (i * 37 % 101) as f32 - 50.0).collect();
    for name in ["WaveletCDF53", "WaveletCDF97", "WaveletHaar"] {
        for levels in [None, Some(0), Some(3), Some(30)] {
            let back = system(&format!("{name}Inverse"), None);
            let (pyramid, latent) = run(vec![system(name, levels), back], &[4, 9, 14], &values).unwrap();
            let Meta::Wavelet { wavelet, levels: said } = &pyramid.meta else { panic!("{:?}", pyramid.meta) };
            assert_eq!((format!("wavelet{wavelet}"), i64::from(*said)), (name.to_lowercase(), levels.unwrap_or(4)));
            assert_eq!((pyramid.kind, pyramid.data.shape()), (Kind::Wavelet, &[4, 9, 14][..]));
            assert!(latent.lineage.steps().is_empty());
            let latent = latent.data.read::<f32>().unwrap();
            assert!(latent.iter().zip(&values).all(|(a, b)| (a - b).abs() < 1e-3), "{name} {levels:?}");
        }
    }
}

#[test]
fn an_inverse_with_other_levels_is_refused() {
    let steps = vec![system("WaveletCDF53", Some(2)), system("WaveletCDF53Inverse", Some(3))];
    assert_eq!(run(steps, &[1, 4, 4], &[0.0; 16]).unwrap_err().code(), "pipe.wrong_inverse");
}

#[test]
fn any_number_of_axes() {
    for shape in [&[6][..], &[2, 3], &[1, 1, 6], &[1, 2, 1, 3]] {
        let steps = vec![system("WaveletHaar", Some(2)), system("WaveletHaarInverse", Some(2))];
        let (pyramid, latent) = run(steps, shape, &[1.0, 5.0, 2.0, 4.0, 3.0, 6.0]).unwrap();
        assert_eq!(pyramid.data.shape(), shape);
        let latent = latent.data.read::<f32>().unwrap();
        assert!(latent.iter().zip([1.0, 5.0, 2.0, 4.0, 3.0, 6.0]).all(|(a, b)| (a - b).abs() < 1e-5), "{shape:?}");
    }
}

#[test]
fn levels_out_of_range_are_refused() {
    let params = Params::new().with("levels", Value::Int(31));
    assert_eq!(REGISTRY.step("WaveletHaar", &params).err().unwrap().code(), "param.range");
}
