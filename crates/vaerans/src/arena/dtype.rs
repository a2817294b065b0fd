//! Element types a tensor may hold.

use crate::error::{Error, Names, Quoted, Result};

macro_rules! dtypes {
    ($($variant:ident $number:literal $name:literal $size:literal;)*) => {
        /// Element type of a tensor; the numbers are those of the file format.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum DType { $(#[doc = $name] $variant = $number,)* }

        impl DType {
            /// Every element type.
            pub const ALL: &'static [DType] = &[$(DType::$variant,)*];

            /// NumPy's name of the type.
            pub fn name(self) -> &'static str {
                match self { $(DType::$variant => $name,)* }
            }

            /// Size of one element in bytes.
            pub fn size(self) -> usize {
                match self { $(DType::$variant => $size,)* }
            }
        }
    };
}

dtypes! {
    U8 1 "uint8" 1;
    I8 2 "int8" 1;
    U16 3 "uint16" 2;
    I16 4 "int16" 2;
    U32 5 "uint32" 4;
    I32 6 "int32" 4;
    U64 7 "uint64" 8;
    I64 8 "int64" 8;
    F16 9 "float16" 2;
    F32 10 "float32" 4;
    F64 11 "float64" 8;
}

impl DType {
    /// The type of a NumPy name (`float32`, ...) or a short one (`f32`, `i16`, ...).
    ///
    /// # Errors
    /// `param.dtype` for anything else.
    pub fn parse(name: &str) -> Result<DType> {
        let short = |d: &DType| format!("{}{}", &d.name()[..1], d.size() * 8);
        let found = DType::ALL.iter().find(|d| d.name() == name || short(d) == name);
        found.copied().ok_or_else(|| {
            let all: Vec<_> = DType::ALL.iter().map(|d| d.name()).collect();
            Error::new("param.dtype", format!("dtype {}; one of {}", Quoted(name), Names(&all)))
        })
    }

    /// Whether it holds whole numbers.
    pub fn is_integer(self) -> bool {
        !matches!(self, DType::F16 | DType::F32 | DType::F64)
    }

    /// The type of a number of the file format.
    pub fn from_number(number: u8) -> Option<DType> {
        DType::ALL.iter().copied().find(|d| *d as u8 == number)
    }
}

impl std::fmt::Display for DType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A Rust type that tensors of one [`DType`] hold.
///
/// # Safety
/// Every bit pattern must be a value of the type, it must have no padding, and its size must be
/// `DTYPE.size()`.
pub unsafe trait Element: Copy + Send + Sync + 'static {
    /// Its element type.
    const DTYPE: DType;
}

macro_rules! elements {
    ($($t:ty => $d:ident),*) => { $(
        // SAFETY: a primitive number: no padding, every bit pattern valid, size as in the table.
        unsafe impl Element for $t { const DTYPE: DType = DType::$d; }
    )* };
}

elements!(u8 => U8, i8 => I8, u16 => U16, i16 => I16, u32 => U32, i32 => I32, u64 => U64, i64 => I64, f32 => F32, f64 => F64);

/// `n` zeros in memory of their own.
///
/// # Errors
/// `limit.memory`.
pub fn zeros<T: Element>(n: usize) -> Result<Vec<T>> {
    let mut all = Vec::new();
    let refused = |_| Error::new("limit.memory", format!("the system refused {n} x {} bytes", size_of::<T>()));
    all.try_reserve_exact(n).map_err(refused)?;
    // SAFETY: there is room for `n` elements, and zero bits are a value of every `Element`.
    unsafe {
        std::ptr::write_bytes(all.as_mut_ptr(), 0, n);
        all.set_len(n);
    }
    Ok(all)
}

/// Makes all of them 0; `fill` would do it one by one in a small build.
pub fn clear<T: Element>(all: &mut [T]) {
    // SAFETY: zero bits are a value of every `Element`.
    unsafe { std::ptr::write_bytes(all.as_mut_ptr(), 0, all.len()) }
}
