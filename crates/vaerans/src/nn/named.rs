//! Runs by name, with memory of its own for what goes in and out: for callers whose memory the engine cannot read.

use super::memory::{Block, Bytes, BytesMut};
use super::plan::{Input, Plan};
use super::ty::{Shape, Spec, Type};
use super::Session;
use crate::error::{Error, Names, Quoted, Result};

/// A session with memory for its inputs and outputs, which lasts while their shapes do.
#[derive(Debug)]
pub struct Named {
    session: Session,
    inputs: Vec<Place>,
    outputs: Vec<Place>,
    /// What outputs have to be: type and number of elements.
    wanted: Vec<Option<(Type, usize)>>,
}

/// Memory for one tensor.
#[derive(Debug)]
struct Place {
    spec: Spec,
    memory: Block,
    /// Whether there is something in it.
    full: bool,
}

impl Place {
    fn empty() -> Result<Place> {
        Ok(Place { spec: Spec::new(Type::U8, Shape::SCALAR), memory: Block::new(0)?, full: false })
    }

    /// Makes room for such a tensor, unless there is.
    fn fit(&mut self, spec: Spec) -> Result<()> {
        if self.memory.len() != spec.bytes() {
            self.memory = Block::new(0)?; // the old memory goes before there is new
            self.memory = Block::new(spec.bytes())?;
        }
        self.spec = spec;
        Ok(())
    }

    fn bytes(&mut self) -> Result<Bytes<'_>> {
        Bytes::new(self.spec, self.memory.all())
    }
}

impl Named {
    /// Of a session.
    ///
    /// # Errors
    /// `limit.memory`.
    pub fn new(session: Session) -> Result<Named> {
        let plan = &session.model().plan;
        let places = |n: usize| (0..n).map(|_| Place::empty()).collect::<Result<Vec<_>>>();
        let (inputs, outputs) = (places(plan.inputs.len())?, places(plan.outputs.len())?);
        let wanted = vec![None; outputs.len()];
        Ok(Named { session, inputs, outputs, wanted })
    }

    /// Forgets what was given for a run that did not come about.
    pub fn begin(&mut self) {
        self.inputs.iter_mut().for_each(|place| place.full = false);
        self.wanted.fill(None);
    }

    /// Where the elements of the input `name` go, to be filled. Without extents they follow from the number of elements. Bytes stand for
    /// truth values too, which some callers have no type for.
    ///
    /// # Errors
    /// `param.unknown`: no input is called so; `param.dtype`; `param.shape`; `limit.memory`.
    pub fn input(&mut self, name: &str, dtype: &str, dims: Option<&[usize]>, elements: usize) -> Result<&mut [u8]> {
        let plan = &self.session.model().plan;
        let i = place_of(name, "input", plan.inputs.iter().map(|i| i.name.as_str()))?;
        let input = &plan.inputs[i];
        let ty = match Type::from_name(dtype) {
            Some(Type::U8) if input.ty == Type::Bool => Type::Bool,
            Some(ty) if ty == input.ty => ty,
            _ => {
                let text = format!("input {name} of {}; it is {}", Quoted(dtype), input.ty.name());
                return Err(Error::new("param.dtype", text));
            }
        };
        let shape = dims.map_or_else(|| input.shape_for(elements), Shape::of)?;
        if shape.checked_len() != Some(elements) {
            return Err(Error::new("param.shape", format!("input {name}: {elements} elements for shape {shape}")));
        }
        let place = &mut self.inputs[i];
        place.fit(Spec::new(ty, shape))?;
        place.full = true;
        Ok(place.memory.all())
    }

    /// The output `name` has to be of that type and number of elements: its caller has memory for no other.
    ///
    /// # Errors
    /// `param.unknown`: no output is called so.
    pub fn want(&mut self, name: &str, dtype: &str, elements: usize) -> Result<()> {
        let plan = &self.session.model().plan;
        let i = place_of(name, "output", plan.outputs.iter().map(|o| o.name.as_str()))?;
        let ty = Type::from_name(dtype);
        let ty = ty.ok_or_else(|| Error::new("param.dtype", format!("output {name} into {}", Quoted(dtype))))?;
        self.wanted[i] = Some((ty, elements));
        Ok(())
    }

    /// Runs the network.
    ///
    /// # Errors
    /// `param.shape` where an input is missing; those of [`Session::run`]; `param.shape`, `param.dtype` for outputs that are not as wanted.
    pub fn run(&mut self) -> Result<()> {
        let plan = &self.session.model().plan;
        for (place, input) in self.inputs.iter_mut().zip(&plan.inputs) {
            if !std::mem::take(&mut place.full) {
                return Err(Error::new("param.shape", format!("input {} is missing", input.name)));
            }
            if input.ty == Type::Bool {
                place.memory.all().iter_mut().for_each(|b| *b = u8::from(*b != 0));
            }
        }
        let inputs = self.inputs.iter_mut().map(Place::bytes).collect::<Result<Vec<_>>>()?;
        let specs = self.session.prepare(&inputs)?;
        check(&self.session.model().plan, &specs, &mut self.wanted)?;
        for (place, spec) in self.outputs.iter_mut().zip(specs) {
            place.fit(spec)?;
        }
        let outputs = self.outputs.iter_mut().map(|p| BytesMut::new(p.spec, p.memory.all()));
        self.session.run(&inputs, &mut outputs.collect::<Result<Vec<_>>>()?)
    }

    /// What the last run gave: name, type, shape and bytes of each output.
    pub fn outputs(&mut self) -> impl Iterator<Item = (&str, Spec, &[u8])> {
        let names = self.session.model().plan.outputs.iter().map(|o| o.name.as_str());
        names.zip(&mut self.outputs).map(|(name, place)| (name, place.spec, &*place.memory.all()))
    }

    /// The session.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Bytes that inputs and outputs take.
    pub fn bytes(&self) -> usize {
        self.inputs.iter().chain(&self.outputs).map(|place| place.memory.len()).sum()
    }
}

fn check(plan: &Plan, specs: &[Spec], wanted: &mut [Option<(Type, usize)>]) -> Result<()> {
    for ((spec, wanted), output) in specs.iter().zip(wanted).zip(&plan.outputs) {
        let Some((ty, elements)) = wanted.take() else { continue };
        let is_type = ty == spec.ty || (ty == Type::U8 && spec.ty == Type::Bool);
        if !is_type || elements != spec.shape.len() {
            let (name, code) = (&output.name, if is_type { "param.shape" } else { "param.dtype" });
            let (is, has) = (spec.ty.name(), ty.name());
            return Err(Error::new(code, format!("output {name} is {is} of {}; into {elements} of {has}", spec.shape)));
        }
    }
    Ok(())
}

fn place_of<'a>(name: &str, what: &str, names: impl Iterator<Item = &'a str> + Clone) -> Result<usize> {
    names.clone().position(|n| n == name).ok_or_else(|| {
        let all: Vec<_> = names.collect();
        Error::new("param.unknown", format!("no {what} is called {}; there are {}", Quoted(name), Names(&all)))
    })
}

impl Input {
    /// Its shape where so many elements are given for it.
    ///
    /// # Errors
    /// `param.shape` where more than one extent is open, or none fits.
    pub fn shape_for(&self, elements: usize) -> Result<Shape> {
        use super::plan::Extent;
        let refused = |why: &str| Error::new("param.shape", format!("input {}: {elements} elements; {why}", self.name));
        let (mut shape, mut open, mut fixed) = (Shape::SCALAR, None, 1usize);
        for (i, extent) in self.dims.iter().enumerate() {
            match *extent {
                Extent::Fixed(n) => {
                    fixed = fixed.checked_mul(n as usize).ok_or_else(|| refused("it has more than there can be"))?;
                    shape.push(n as usize)?;
                }
                Extent::Symbol(_) if open.is_some() => return Err(refused("its shape does not follow, give it too")),
                Extent::Symbol(_) => {
                    open = Some(i);
                    shape.push(1)?;
                }
            }
        }
        match open {
            Some(i) if fixed > 0 && elements % fixed == 0 => shape.dims_mut()[i] = elements / fixed,
            None if fixed == elements => {}
            _ => return Err(refused(&format!("they do not make shape {shape}"))),
        }
        Ok(shape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::plan::Extent::{Fixed, Symbol};

    fn shape(dims: &[super::super::plan::Extent], elements: usize) -> Result<Vec<usize>> {
        let input = Input { name: "x".into(), value: 0, ty: Type::F32, dims: dims.to_vec() };
        input.shape_for(elements).map(|shape| shape.to_vec())
    }

    #[test]
    fn a_shape_follows_where_one_extent_is_open() {
        assert_eq!(shape(&[Fixed(2), Fixed(3)], 6).unwrap(), [2, 3]);
        assert_eq!(shape(&[Symbol(0), Fixed(3)], 12).unwrap(), [4, 3]);
        assert_eq!(shape(&[Fixed(1), Symbol(0)], 0).unwrap(), [1, 0]);
        assert_eq!(shape(&[], 1).unwrap(), [0usize; 0]);
    }

    #[test]
    fn a_shape_that_does_not_follow_is_refused() {
        let cases: [(&[_], usize); 5] = [
            (&[Fixed(2), Fixed(3)], 5),
            (&[Symbol(0), Fixed(3)], 5),
            (&[Symbol(0), Symbol(1)], 6),
            (&[Symbol(0), Fixed(0)], 0),
            (&[Fixed(u32::MAX as u64); 8], 1),
        ];
        for (dims, elements) in cases {
            assert_eq!(shape(dims, elements).unwrap_err().code(), "param.shape");
        }
    }
}
