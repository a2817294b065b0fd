//! Mirror of `vaerans/photo.h`.

/// `vaerans_photo_band`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Band {
    pub width: usize,
    pub height: usize,
    pub pitch: usize,
    pub lane: usize,
}

/// `vaerans_photo_source`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Source {
    pub magnitudes: *const i16,
    pub pitch: usize,
    pub lane: usize,
}

/// `vaerans_photo_around`.
#[repr(C)]
pub struct Around {
    pub band: Band,
    pub parent: Source,
    pub cousins: [Source; 2],
    pub beside: [Source; 4],
    pub bias: i16,
    pub weights: [i16; 12],
}

/// `vaerans_photo_model`.
#[repr(C)]
pub struct Model {
    pub ends: *const i16,
    pub zeros: *const u32,
    pub shifts: *const f32,
    pub signs: *const u16,
    pub weights: [i16; 6],
    pub next: [u8; 16],
}

/// `vaerans_photo_search`.
#[repr(C)]
pub struct Search {
    pub costs: *const f32,
    pub least: f32,
}

/// `vaerans_photo_steps`.
#[repr(C)]
pub struct Steps {
    pub k: *const i8,
    pub across: usize,
    pub down: usize,
    pub log2: u32,
    pub level: u32,
    pub powers: *const f32,
    pub scale: f32,
}

/// `vaerans_photo_part`.
#[repr(C)]
pub struct Part {
    pub x: usize,
    pub y: usize,
    pub width: usize,
    pub height: usize,
}

/// `luma`.
pub type Luma<S> = Option<unsafe extern "C" fn(src: *const S, n: usize, channels: usize, out: *mut u16)>;
/// `covariance`.
pub type Covariance<S> =
    Option<unsafe extern "C" fn(src: *const S, width: usize, height: usize, channels: usize, sums: *mut i64)>;

#[repr(C)]
pub struct PhotoTable {
    pub(crate) energies: Option<unsafe extern "C" fn(around: *const Around, rows: *mut i16, steps: *mut i16)>,
    pub(crate) decode: Option<
        unsafe extern "C" fn(
            band: *const Band,
            model: *const Model,
            steps: *const i16,
            states: *mut u32,
            words: *const u8,
            count: usize,
            magnitudes: *mut i16,
            values: *mut f32,
            history: *mut i16,
        ) -> usize,
    >,
    pub(crate) search: Option<
        unsafe extern "C" fn(
            band: *const Band,
            model: *const Model,
            search: *const Search,
            row: usize,
            energies: *const i16,
            coefficients: *const f32,
            factors: *const f32,
            magnitudes: *mut i16,
            indices: *mut i32,
            scratch: *mut u32,
        ),
    >,
    pub(crate) round: Option<
        unsafe extern "C" fn(
            band: *const Band,
            zone: f32,
            row: usize,
            coefficients: *const f32,
            factors: *const f32,
            magnitudes: *mut i16,
            indices: *mut i32,
        ),
    >,
    pub(crate) describe: Option<
        unsafe extern "C" fn(
            band: *const Band,
            model: *const Model,
            energies: *const i16,
            magnitudes: *const i16,
            indices: *const i32,
            rows: *mut u8,
            values: *mut f32,
        ),
    >,
    pub(crate) encode: Option<
        unsafe extern "C" fn(
            band: *const Band,
            model: *const Model,
            counts: *const u16,
            rows: *const u8,
            indices: *const i32,
            values: *const f32,
            states: *mut u32,
            end: *mut u16,
        ) -> usize,
    >,
    pub(crate) place: Option<
        unsafe extern "C" fn(
            band: *const Band,
            steps: *const Steps,
            part: *const Part,
            values: *const f32,
            to: *mut f32,
            stride: usize,
            scratch: *mut f32,
        ),
    >,
    pub(crate) factors:
        Option<unsafe extern "C" fn(steps: *const Steps, y: usize, width: usize, is_reciprocal: i32, out: *mut f32)>,
    pub(crate) luma_u8: Luma<u8>,
    pub(crate) luma_u16: Luma<u16>,
    pub(crate) covariance_u8: Covariance<u8>,
    pub(crate) covariance_u16: Covariance<u16>,
    pub(crate) cells: Option<
        unsafe extern "C" fn(
            luma: *const u16,
            stride: usize,
            width: usize,
            height: usize,
            sums: *mut u32,
            squares: *mut u32,
        ),
    >,
}
