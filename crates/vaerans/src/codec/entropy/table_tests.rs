use super::super::normal::tests::random_counts;
use super::*;
use crate::codec::test_kit::SplitMix64;

fn read(choice: &Choice, bits: u32) -> Result<Table> {
    let mut w = crate::wire::Writer::new();
    choice.write(&mut w);
    let bytes = w.into_vec();
    let mut reader = Reader::new(&bytes, "table");
    let table = Table::read(&mut reader, bits, choice.table.marker.is_some());
    assert_eq!(reader.remaining(), 0);
    table
}

/// Two-sided geometric counts around a centre.
fn laplace(centre: usize, first: u32, shrink: (u32, u32)) -> Counts {
    let mut counts = [0; 256];
    let mut count = first;
    for d in 0..=centre.min(255 - centre) {
        counts[centre - d] = count;
        counts[centre + d] = count;
        count = count * shrink.0 / shrink.1;
    }
    counts
}

#[test]
fn tables_come_back() {
    let mut random = SplitMix64(11);
    for round in 0..400 {
        let counts = random_counts(&mut random);
        let bits = [12, 14][round % 2];
        let choice = choose(&counts, bits, round % 3 > 0);
        assert_eq!(read(&choice, bits).unwrap(), choice.table);
        let f = &choice.table.frequencies;
        assert_eq!(f.iter().sum::<u32>(), 1 << bits);
        let coded = |s: usize| f[s] > 0 || choice.table.marker.is_some();
        assert!((0..256).all(|s| counts[s] == 0 || coded(s)));
        let escaped: u32 = (0..256).filter(|&s| choice.table.is_escaped(s)).map(|s| counts[s]).sum();
        assert_eq!(escaped as usize, choice.escaped);
    }
}

/// A latent of 24,576 symbols: table within 100 bytes, payload and escapes within 0.5 % of the entropy.
#[test]
fn latent_tables_are_small_and_good() {
    for (first, shrink) in [(600, (97, 100)), (1000, (95, 100)), (4000, (70, 100)), (9000, (30, 100))] {
        let counts = laplace(128, first, shrink);
        let total: u32 = counts.iter().sum();
        let entropy: f64 =
            counts.iter().filter(|&&c| c > 0).map(|&c| f64::from(c) * (f64::from(total) / f64::from(c)).log2()).sum();
        let choice = choose(&counts, 12, true);
        let over = (choice.payload as f64 + (choice.table.escapes(&counts) >> 16) as f64) / entropy - 1.0;
        assert!(over < 0.005, "{first} {over}");
        assert!(choice.bytes.len() <= 100, "{first}: {} bytes", choice.bytes.len());
    }
}

/// A smooth curve is cheaper as a few parameters.
#[test]
fn a_curve_is_told_by_its_parameters() {
    let choice = choose(&laplace(120, 90, (80, 100)), 12, true);
    assert!(choice.bytes.len() <= 8, "{} bytes", choice.bytes.len());
}

#[test]
fn any_bytes_give_a_table_or_an_error() {
    let mut random = SplitMix64(12);
    for _ in 0..3000 {
        let mut bytes: Vec<u8> = (0..random.below(40)).map(|_| random.next() as u8).collect();
        bytes.insert(0, random.below(45) as u8);
        for (bits, marked) in [(12, false), (14, true)] {
            match Table::read(&mut Reader::new(&bytes, "table"), bits, marked) {
                Ok(table) => {
                    assert_eq!(table.frequencies.iter().sum::<u32>(), 1 << bits);
                    assert!(table.frequencies.iter().all(|&f| f < 1 << bits));
                }
                Err(error) => assert!(error.code().starts_with("stream."), "{error}"),
            }
        }
    }
}
