//! The constants of the container, version 0. docs/format.md says the same byte by byte.

/// First bytes of a file. As in PNG: the first byte is no ASCII, CR LF shows a text-mode transfer,
/// ^Z stops a listing on DOS.
pub const MAGIC: [u8; 8] = *b"\xF6VRN\r\n\x1a\n";
/// Version written and read. 0 is unstable: a later build need not read it.
pub const VERSION: u16 = 0;
/// Bytes in front of the header body: magic, version, flags, length of the body.
pub const PRELUDE: usize = 16;
/// Media type of a file.
pub const MEDIA_TYPE: &str = "image/x-vaerans";

/// What a file gives when every step is undone.
pub const CONTENT_PICTURE: u8 = 0;
/// See [`CONTENT_PICTURE`].
pub const CONTENT_TENSOR: u8 = 1;

/// Metadata items.
pub const META_ICC: u8 = 1;
/// EXIF block, as it stands after the `Exif\0\0` of a JPEG.
pub const META_EXIF: u8 = 2;
/// EXIF orientation 1..=8, one byte; wins over the one inside the EXIF block.
pub const META_ORIENTATION: u8 = 3;
/// UTF-8 JSON of the writer's own (names of custom systems, model files, ...).
pub const META_JSON: u8 = 4;

/// How the shape of a step's input is found, the low two bits of its flags.
pub const SHAPE_TILE: u8 = 0;
/// See [`SHAPE_TILE`]: that of the step before.
pub const SHAPE_SAME: u8 = 1;
/// See [`SHAPE_TILE`]: that of the step before, last axis first.
pub const SHAPE_PLANAR: u8 = 2;
/// See [`SHAPE_TILE`]: written per tile. Also the mask of the two bits.
pub const SHAPE_EXPLICIT: u8 = 3;
/// Step flag: the step carries side bytes in every tile.
pub const STEP_SIDE: u8 = 4;
/// Step flag: the step carries its name.
pub const STEP_NAME: u8 = 8;

/// Store keys that a file names by their number, from 1; 0 is followed by text.
pub const KEYS: [&str; 8] = ["RGB", "ReconRGB", "Planes", "Latent4", "YUVW4", "WaveletPyr", "SymbolsU8", "Residual"];

/// Most axes of a tensor in a file.
pub const MAX_RANK: u64 = 8;
/// Most steps of one stream.
pub const MAX_STEPS: u64 = 64;
/// Most sections a tile has (levels of resolution).
pub const MAX_LEVELS: u64 = 32;
/// Most streams of a file.
pub const MAX_STREAMS: u64 = 16;
