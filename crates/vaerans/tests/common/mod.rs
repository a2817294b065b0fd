//! What the integration tests share.
#![allow(clippy::unwrap_used)] // a helper that unwraps fails its test where it should
#![allow(dead_code, unused_imports)] // each of them is a crate of its own, and none calls everything

pub mod inputs;

pub use vaerans::kernels::testing::SplitMix64;

use std::sync::{Arc, LazyLock};
use vaerans::arena::{Element, TensorRef};
use vaerans::codec::network::Networks;
use vaerans::codec::Progress;
use vaerans::component::{Component, Kind, Params};
use vaerans::ecs::{EntityId, Pipe, Step, World, WorldOptions};
use vaerans::kernels::Kernels;
use vaerans::learned::{testing, Predictor};
use vaerans::{Result, REGISTRY};

/// The predictor that steps find: of a layer of one channel, and of one of two.
pub static PREDICTOR: LazyLock<Arc<Predictor>> = LazyLock::new(|| Arc::new(testing::predictor(&[1, 3], 5)));

/// What steps and files find models in.
pub fn models() -> Arc<Networks> {
    let models = Networks::default();
    models.add_predictor(PREDICTOR.clone());
    Arc::new(models)
}

/// A world that knows the registry.
pub fn world(arena_bytes: usize) -> World {
    let options = WorldOptions { registry: Some(&REGISTRY), threads: Some(1), ..WorldOptions::new(Kernels::active()) };
    World::new(WorldOptions { arena_bytes, models: models(), ..options }).unwrap()
}

/// The step of a public class name.
pub fn step(name: &str, params: Params) -> Step {
    Step::Native(REGISTRY.step(name, &params).unwrap())
}

/// Puts a tensor of these values under a key.
pub fn put<T: Element>(world: &mut World, id: EntityId, key: &str, kind: Kind, shape: &[usize], values: &[T]) {
    let data = world.arena().put(shape, values).unwrap();
    world.attach(id, key, Component::new(kind, data), None).unwrap();
}

/// Runs a pipe without steps of the caller's.
pub fn run(pipe: &Pipe, world: &mut World) -> Result<()> {
    match pipe.advance(world)? {
        Progress::Done => Ok(()),
        Progress::Foreign(call) => panic!("{} is due", call.system.name),
    }
}

/// The bytes of a tensor.
pub fn bytes(t: &TensorRef) -> Vec<u8> {
    t.bytes().unwrap().to_vec()
}
