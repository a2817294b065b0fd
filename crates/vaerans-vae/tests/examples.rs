//! The example runs.
#![cfg(feature = "encoder")]
#![allow(clippy::unwrap_used)] // a helper that unwraps fails its test where it should

#[allow(dead_code)] // its `main` is the command line
#[path = "../examples/compress.rs"]
mod compress;

#[test]
fn a_picture_that_is_made_up() {
    let (file, said) = compress::report(&compress::made_up(), &["quality=30".into()]).unwrap();
    assert!(said.starts_with(&format!("320x240: {} bytes, ", file.len())) && file.len() < 6000, "{said}");
    assert!(compress::report(&compress::made_up(), &["colour=3".into()]).is_err());
}

#[test]
fn ppm_files() {
    let file = b"P6 # red, blue\n2\n# rows\n1 255\n\xff\0\0\0\0\xff";
    assert_eq!(compress::ppm(file).unwrap(), (2, 1, vec![255, 0, 0, 0, 0, 255]));
    for damaged in [&file[..file.len() - 1], b"P5 1 1 255\n1", b"P6 1 1 65535\nabc", b"P6 1 # no end", b""] {
        assert!(compress::ppm(damaged).is_err());
    }
}
