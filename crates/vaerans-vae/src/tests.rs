use super::*;
use std::collections::BTreeMap;
use std::path::Path;

const KERNELS: fn() -> Kernels = Kernels::active;

#[test]
fn the_files_are_those_of_the_folder() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("model");
    let mut expected = BTreeMap::new();
    for entry in root.read_dir().unwrap().map(|e| e.unwrap().path()) {
        let inside =
            if entry.is_dir() { entry.read_dir().unwrap().map(|e| e.unwrap().path()).collect() } else { vec![entry] };
        for path in inside {
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
            expected.insert(name, std::fs::read(path).unwrap());
        }
    }
    if cfg!(not(feature = "encoder")) {
        expected.retain(|name, _| !name.starts_with("encoder/") && !name.starts_with("analysis/"));
    }
    assert_eq!(files()[0].name, "head.bin");
    assert_eq!(files().iter().map(|f| (f.name.to_owned(), f.bytes.to_vec())).collect::<BTreeMap<_, _>>(), expected);
}

#[test]
fn the_decoder_alone_cannot_encode() {
    let decoder = decoder(KERNELS(), &Limits::default()).unwrap();
    assert!(!decoder.encodes() && decoder.layers.iter().all(|l| l.synthesis.is_some()));
    assert_eq!(decoder.head.name, "vae1");
}

#[test]
fn memory_is_limited() {
    let limits = Limits { max_bytes: 1000, ..Limits::default() };
    assert_eq!(decoder(KERNELS(), &limits).unwrap_err().code(), "limit.memory");
}

#[cfg(feature = "encoder")]
mod whole {
    use super::*;
    use vaerans::codec::network::Networks;
    use vaerans::codec::open::{DecodeOptions, Opened};
    use vaerans::codec::profile::vae::layered::compress;
    use vaerans::codec::tile::{ImageView, Samples};
    use vaerans::codec::write::Options;
    use vaerans::wire::Slice;
    use vaerans::REGISTRY;

    /// A smooth picture with an edge.
    fn picture(width: usize, height: usize) -> Vec<u8> {
        let sample = |i: usize| {
            let (x, y, c) = (i / 3 % width, i / 3 / width, i % 3);
            if x + y < width {
                (x * (c + 1) + y) % 200
            } else {
                230 - 40 * c
            }
        };
        (0..width * height * 3).map(|i| sample(i) as u8).collect()
    }

    fn decoded(file: &[u8], codec: &Arc<Layered>) -> Vec<u8> {
        let source = Slice(file);
        let models = Arc::new(Networks::layered(codec.clone()));
        let opened = Opened::new(&source, &REGISTRY, &Limits::default()).unwrap().with_models(models);
        opened.picture(KERNELS(), &DecodeOptions::default()).unwrap().samples.as_u8().unwrap().to_vec()
    }

    #[test]
    fn the_decoder_opens_what_the_codec_wrote() {
        let limits = Limits::default();
        let (codec, decoder) = (codec(KERNELS(), &limits).unwrap(), decoder(KERNELS(), &limits).unwrap());
        assert!(codec.encodes() && codec.sha256 == decoder.sha256);
        let pixels = picture(70, 50);
        let view = ImageView { width: 70, height: 50, channels: 3, samples: Samples::U8(&pixels) };
        for (name, value) in [("quality", 10i64), ("quality", 90), ("max_error", 3)] {
            let options = Options::default().with("fallback", false).with(name, value);
            let file = compress(KERNELS(), &view, &options, &codec).unwrap();
            let back = decoded(&file, &decoder);
            assert_eq!(back, decoded(&file, &codec));
            let worst = back.iter().zip(&pixels).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
            assert!(name == "quality" || i64::from(worst) <= value, "{worst}");
        }
        let refused = compress(KERNELS(), &view, &Options::default(), &decoder).unwrap_err();
        assert_eq!(refused.code(), "model.missing_file");
    }
}
