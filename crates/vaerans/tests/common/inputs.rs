//! What an entry of the registry may be given: parameters at their edges, and first components of an entity.

use super::{bytes, put, SplitMix64, PREDICTOR};
use vaerans::arena::DType;
use vaerans::component::{Component, Kind, Params, Value};
use vaerans::ecs::{EntityId, World};
use vaerans::learned::name_of;
use vaerans::registry::schema::{Param, Type, Use};
use vaerans::registry::{keys, Entry};

/// Values at the edges of what a parameter takes.
pub fn edges(p: &Param) -> Vec<Value> {
    match p.ty {
        Type::Flag => vec![Value::Bool(true), Value::Bool(false)],
        Type::Int(least, most) => vec![Value::Int(least), Value::Int(most)],
        Type::Float(least, most) => vec![Value::Float(least), Value::Float(most)],
        Type::Choice(words) => words.iter().map(|w| Value::Text(w.to_string())).collect(),
        // Its own default: an inverse must be told of another key.
        Type::Key => vec![p.default_value().unwrap_or(Value::Text("RGB".into()))],
        Type::Text => vec![Value::Text("some text".into())],
        Type::Bytes => vec![Value::Bytes(vec![1, 2])],
    }
}

/// What a user may give: no more than there must be, and every parameter at its edges.
pub fn given(e: &Entry) -> Vec<Params> {
    if e.name == "PredictEncode" {
        // Its model bounds the one, and is the other.
        return [0, PREDICTOR.steps() - 1].map(|step| needed(e).with("step", Value::Int(step as i64))).to_vec();
    }
    let users = e.params.iter().filter(|p| p.usage != Use::Internal);
    let each = users.flat_map(|p| edges(p).into_iter().map(move |v| Params::new().with(p.name, v)));
    std::iter::once(Params::new()).chain(each).collect()
}

/// What a step cannot do without.
pub fn needed(e: &Entry) -> Params {
    match e.name {
        "PredictEncode" => Params::new().with("model", Value::Bytes(name_of(&PREDICTOR.sha256).to_vec())),
        _ => Params::new(),
    }
}

/// Gives an entity its first components.
pub type Put = Box<dyn Fn(&mut World, EntityId)>;

/// Something that an entity may begin with.
pub struct Source {
    pub name: String,
    pub key: &'static str,
    pub put: Put,
}

/// Samples, as they stand beside a reconstruction of them.
fn image(shape: [usize; 3], deep: bool) -> Source {
    let put_image = move |world: &mut World, id: EntityId| {
        let n = shape.iter().product();
        let mut random = SplitMix64(7);
        let samples = random.vec(n, |r| (r.below(40) + r.below(200)) as u8);
        let off: Vec<u8> = samples.iter().map(|&s| s.saturating_add(random.below(9) as u8)).collect();
        let wide = |s: &[u8]| s.iter().map(|&s| u16::from(s) * 257).collect::<Vec<_>>();
        for (key, samples) in [("ReconRGB", &off), ("RGB", &samples)] {
            match deep {
                false => put(world, id, key, Kind::Image, &shape, samples),
                true => put(world, id, key, Kind::Image, &shape, &wide(samples)),
            }
        }
    };
    let name = format!("image {shape:?} of {} bits", if deep { 16 } else { 8 });
    Source { name, key: "RGB", put: Box::new(put_image) }
}

/// A tensor of a kind that is an input by itself.
fn tensor(key: &'static str, kind: Kind, dtype: DType, shape: &[usize]) -> Source {
    let (name, shape) = (format!("{key} {shape:?} of {dtype}"), shape.to_vec());
    let put_tensor = move |world: &mut World, id: EntityId| {
        let mut random = SplitMix64(11);
        let values = random.vec(shape.iter().product(), |r| r.f32(-90.0, 90.0));
        match dtype {
            DType::F32 => put(world, id, key, kind, &shape, &values),
            DType::I32 => put(world, id, key, kind, &shape, &values.iter().map(|&v| v as i32).collect::<Vec<_>>()),
            DType::I16 => put(world, id, key, kind, &shape, &values.iter().map(|&v| v as i16).collect::<Vec<_>>()),
            _ => put(world, id, key, kind, &shape, &values.iter().map(|&v| v as i32 as u8).collect::<Vec<_>>()),
        }
    };
    Source { name, key, put: Box::new(put_tensor) }
}

pub fn sources() -> Vec<Source> {
    let mut all = Vec::new();
    for deep in [false, true] {
        all.extend(
            [[1, 1, 1], [23, 17, 1], [16, 16, 2], [21, 34, 3], [170, 171, 3], [9, 40, 4]].map(|s| image(s, deep)),
        );
    }
    for (key, kind) in [("Latent4", Kind::Latent), ("Planes", Kind::Planes), ("mine", Kind::Foreign)] {
        all.push(tensor(key, kind, DType::F32, &[16, 5, 7]));
        all.push(tensor(key, kind, DType::F32, &[16, 1, 1]));
    }
    for (key, kind) in [("Planes", Kind::Planes), ("mine", Kind::Foreign)] {
        all.extend([DType::I32, DType::I16].map(|d| tensor(key, kind, d, &[3, 19, 22])));
    }
    all.push(tensor("mine", Kind::Foreign, DType::U8, &[3, 4, 5]));
    all.extend([[1, 5, 3], [3, 4, 18]].map(|shape| tensor("SymbolsU8", Kind::Symbols, DType::I16, &shape)));
    all
}
