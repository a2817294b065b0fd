use super::*;
use crate::arena::DType;
use crate::codec::Progress;
use crate::component::{Component, Kind, Params, Value};
use crate::error::Result;
use crate::REGISTRY;
use std::sync::Arc;
use vaerans_kernels::Kernels;

fn world() -> World {
    let options = WorldOptions { registry: Some(&REGISTRY), ..WorldOptions::new(Kernels::active()) };
    World::new(WorldOptions { arena_bytes: 1 << 20, trace: true, ..options }).unwrap()
}

fn latent(world: &mut World, shape: &[usize]) -> EntityId {
    let id = world.new_entity();
    let n: usize = shape.iter().product();
    let values: Vec<f32> = (0..n).map(|i| (i * 37 % 101) as f32 - 50.0).collect();
    let t = world.arena().put(shape, &values).unwrap();
    world.attach(id, "Latent4", Component::new(Kind::Latent, t), None).unwrap();
    id
}

fn native(name: &str) -> Step {
    Step::Native(REGISTRY.step(name, &Params::new()).unwrap())
}

fn run(world: &mut World, pipe: &Pipe) -> Result<()> {
    assert!(matches!(pipe.advance(world)?, Progress::Done));
    Ok(())
}

#[test]
fn a_pipe_runs_there_and_back_and_keeps_every_version() {
    let mut world = world();
    let ids = vec![latent(&mut world, &[4, 3, 5]), latent(&mut world, &[8, 2, 2])];
    let mut pipe = Pipe::new(ids.clone());
    pipe.to(&mut world, native("Hadamard4"), None);
    pipe.to(&mut world, native("Hadamard4Inverse"), None);
    run(&mut world, &pipe).unwrap();
    for id in ids {
        let keys: Vec<_> = world.keys(id).unwrap().into_iter().map(|(k, _)| k).collect();
        assert_eq!(keys, ["Latent4", "YUVW4", "Latent4"]);
        let first = world.keys(id).unwrap()[0].1;
        let old = world.component(id, "Latent4", Some(first)).unwrap();
        let new = world.component(id, "Latent4", None).unwrap();
        assert!(new.lineage.steps().is_empty());
        let (old, new) = (old.data.read::<f32>().unwrap(), new.data.read::<f32>().unwrap());
        assert!(old.iter().zip(new.iter()).all(|(a, b)| (a - b).abs() < 1e-4));
    }
    assert_eq!(world.trace().len(), 4, "two steps, two shapes");
}

#[test]
fn nothing_runs_before_the_plan_is_checked() {
    let mut world = world();
    let id = latent(&mut world, &[4, 2, 2]);
    let mut pipe = Pipe::new(vec![id]);
    pipe.to(&mut world, native("Hadamard4"), None);
    pipe.select("Bitstream");
    pipe.to(&mut world, native("Hadamard4Inverse"), None);
    let e = pipe.advance(&mut world).err().unwrap();
    assert_eq!(e.code(), "pipe.missing_input");
    assert!(world.component(id, "YUVW4", None).is_err());
    let mut pipe = Pipe::new(vec![id]);
    pipe.to(&mut world, native("Hadamard4Inverse"), None);
    let e = pipe.advance(&mut world).err().unwrap();
    assert_eq!(e.code(), "pipe.wrong_kind");
    assert!(e.message().contains("Hadamard4 in between"), "{e}");
}

#[test]
fn forks_share_what_has_run() {
    let mut world = world();
    let id = latent(&mut world, &[4, 4, 4]);
    let mut pipe = Pipe::new(vec![id]);
    pipe.to(&mut world, native("Hadamard4"), None);
    let mut fork = pipe.fork();
    fork.to(&mut world, native("Hadamard4Inverse"), Some("Back".into()));
    run(&mut world, &fork).unwrap();
    run(&mut world, &pipe).unwrap();
    let keys: Vec<_> = world.keys(id).unwrap().into_iter().map(|(k, _)| k).collect();
    assert_eq!(keys, ["Latent4", "YUVW4", "Back"]);
    assert_eq!(fork.result(&world, id, "Back").unwrap().kind, Kind::Latent);
}

#[test]
fn foreign_steps_come_back_grouped_by_shape() {
    let mut world = world();
    let shapes: [&[usize]; 3] = [&[4, 2, 2], &[4, 3, 2], &[4, 2, 2]];
    let ids: Vec<_> = shapes.iter().map(|s| latent(&mut world, s)).collect();
    let double = Foreign {
        handle: 7,
        name: "Double".into(),
        number: 0x8001,
        params: Params::new().with("factor", Value::Int(2)),
        needs: vec![Need::cursor(&[Kind::Latent])],
        produces: vec![("Doubled".into(), Kind::Foreign)],
        infer: None,
        is_inverse: false,
        is_recorded: true,
    };
    let mut pipe = Pipe::new(ids.clone());
    pipe.to(&mut world, Step::Foreign(Arc::new(double)), None);
    let Progress::Foreign(call) = pipe.advance(&mut world).unwrap() else { panic!("a foreign step is due") };
    assert_eq!(call.groups, vec![vec![ids[0], ids[2]], vec![ids[1]]]);
    assert_eq!(pipe.finish_foreign(&mut world, &call).unwrap_err().code(), "pipe.missing_component");
    for id in ids.iter().copied() {
        let t = world.arena().alloc(DType::F32, &[1]).unwrap().freeze();
        world.attach(id, "Doubled", Component::new(Kind::Foreign, t), Some(call.step)).unwrap();
    }
    pipe.finish_foreign(&mut world, &call).unwrap();
    run(&mut world, &pipe).unwrap();
    let made = world.component(ids[1], "Doubled", None).unwrap();
    assert_eq!(made.lineage.last().unwrap().number, 0x8001);
    assert_eq!(made.lineage.last().unwrap().origin.shape, vec![4, 3, 2]);
}

#[test]
fn despawning_keeps_memory_flat() {
    let mut world = world();
    for _ in 0..2000 {
        let id = world.lease_image(Box::new(vec![1u8; 300]), DType::U8, &[10, 10, 3]).unwrap();
        let ids = world.copy_images(DType::U8, &[2, 10, 10, 3], |b| b.fill(3)).unwrap();
        ids.into_iter().chain([id]).for_each(|id| world.despawn(id).unwrap());
    }
    let stats = world.stats();
    assert_eq!((stats.entities, stats.arena.used, stats.leases, stats.copies), (0, 0, 2000, 2000));
    assert!(stats.arena.peak < 2048);
}
