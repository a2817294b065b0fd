//! What a tensor of a network is: element type and shape, without its elements.

use crate::error::{Dims, Error, Result};

/// Most dimensions of a tensor.
pub const MAX_RANK: usize = 8;

macro_rules! types {
    ($($variant:ident $number:literal $name:literal $size:literal;)*) => {
        /// Element type of a tensor; the numbers are those of plans.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Type { $(#[doc = $name] $variant = $number,)* }

        impl Type {
            /// Every type.
            pub const ALL: &'static [Type] = &[$(Type::$variant,)*];

            /// NumPy's name.
            pub fn name(self) -> &'static str {
                match self { $(Type::$variant => $name,)* }
            }

            /// Bytes of an element.
            pub fn size(self) -> usize {
                match self { $(Type::$variant => $size,)* }
            }
        }
    };
}

types! {
    Bool 1 "bool" 1;
    U8 2 "uint8" 1;
    I8 3 "int8" 1;
    I32 4 "int32" 4;
    I64 5 "int64" 8;
    F32 6 "float32" 4;
}

impl Type {
    /// The type of a number of a plan.
    pub fn from_number(number: u8) -> Option<Type> {
        Type::ALL.iter().copied().find(|t| *t as u8 == number)
    }

    /// The type of NumPy's name.
    pub fn from_name(name: &str) -> Option<Type> {
        Type::ALL.iter().copied().find(|t| t.name() == name)
    }
}

/// The extents of a tensor, outermost first; no dimension for a scalar.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    rank: u8,
    dims: [usize; MAX_RANK],
}

impl Shape {
    /// Of a scalar.
    pub const SCALAR: Shape = Shape { rank: 0, dims: [0; MAX_RANK] };

    /// Of these extents.
    ///
    /// # Errors
    /// `model.shape` for more than [`MAX_RANK`] of them.
    pub fn of(dims: &[usize]) -> Result<Shape> {
        let mut shape = Shape::SCALAR;
        for &d in dims {
            shape.push(d)?;
        }
        Ok(shape)
    }

    /// One more dimension, innermost.
    ///
    /// # Errors
    /// `model.shape` where there are [`MAX_RANK`].
    pub fn push(&mut self, extent: usize) -> Result<()> {
        if self.rank as usize == MAX_RANK {
            return Err(Error::new("model.shape", format!("a tensor of more than {MAX_RANK} dimensions")));
        }
        self.dims[self.rank as usize] = extent;
        self.rank += 1;
        Ok(())
    }

    /// The extents.
    pub fn dims(&self) -> &[usize] {
        &self.dims[..self.rank as usize]
    }

    /// The extents, to be changed.
    pub fn dims_mut(&mut self) -> &mut [usize] {
        &mut self.dims[..self.rank as usize]
    }

    /// How many dimensions there are.
    pub fn rank(&self) -> usize {
        self.rank as usize
    }

    /// Number of elements; none where it is beyond a machine word.
    pub fn checked_len(&self) -> Option<usize> {
        self.dims().iter().try_fold(1usize, |n, &d| n.checked_mul(d))
    }

    /// Number of elements of a shape that was checked.
    pub fn len(&self) -> usize {
        self.dims().iter().product()
    }

    /// Whether it has no element.
    pub fn is_empty(&self) -> bool {
        self.dims().contains(&0)
    }

    /// Elements between neighbours of each dimension.
    pub fn strides(&self) -> [usize; MAX_RANK] {
        let mut strides = [0; MAX_RANK];
        let mut step = 1;
        for axis in (0..self.rank()).rev() {
            strides[axis] = step;
            step *= self.dims[axis];
        }
        strides
    }
}

impl std::ops::Deref for Shape {
    type Target = [usize];

    fn deref(&self) -> &[usize] {
        self.dims()
    }
}

impl std::fmt::Display for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Dims(self.dims()).fmt(f)
    }
}

impl std::fmt::Debug for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// Type and shape of a tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spec {
    /// Its element type.
    pub ty: Type,
    /// Its extents.
    pub shape: Shape,
}

impl Spec {
    /// Of these.
    pub fn new(ty: Type, shape: Shape) -> Spec {
        Spec { ty, shape }
    }

    /// Bytes of all its elements.
    pub fn bytes(&self) -> usize {
        self.shape.len() * self.ty.size()
    }
}
