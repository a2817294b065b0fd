//! The runs of coded samples between restart markers, and which is which where some are lost.

use super::segment::END_OF_IMAGE;

/// Bytes between two restart markers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run<'a> {
    /// Its place among all runs of the scan.
    pub index: usize,
    pub bytes: &'a [u8],
}

/// The runs of a scan.
pub(super) struct Runs<'a> {
    pub runs: Vec<Run<'a>>,
    /// Whether they are as many as expected, all in order.
    pub is_whole: bool,
    /// Bytes of the whole scan.
    pub bytes: usize,
}

/// Cuts the bytes behind a scan header into `expected` runs.
///
/// `is_bad` says whether a run, at the place it is thought to have, is damaged.
pub(super) fn split<'a>(data: &'a [u8], expected: usize, is_bad: impl FnMut(&Run<'a>) -> bool) -> Runs<'a> {
    let (mut numbers, mut starts) = (Vec::new(), vec![0]);
    let mut ends = Vec::new();
    let mut at = 0;
    let end = loop {
        let Some(found) = data.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == 0xff)) else {
            break data.len();
        };
        at += found;
        match data.get(at + 1) {
            None => break data.len(),
            // Where there are far more than expected their places cannot be told: what follows counts to the last one.
            Some(0xd0..=0xd7) if starts.len() > expected + 8 => at += 2,
            Some(code @ 0xd0..=0xd7) => {
                ends.push(at);
                starts.push(at + 2);
                numbers.push(usize::from(code & 7));
                at += 2;
            }
            Some(0xff) => at += 1,
            Some(0) => at += 2,
            Some(_) if is_end(&data[at..]) => break at,
            Some(_) => at += 2,
        }
    };
    ends.push(end);
    let cut = |(start, stop): (&usize, &usize)| &data[*start..*stop];
    let mut pieces: Vec<&[u8]> = starts.iter().zip(&ends).map(cut).collect();
    // Some encoders write a restart marker behind the last run too.
    while pieces.len() > expected && pieces.last().is_some_and(|piece| piece.is_empty()) {
        pieces.pop();
        numbers.pop();
    }
    let in_order = numbers.iter().enumerate().all(|(i, number)| i % 8 == *number);
    let is_whole = in_order && pieces.len() == expected;
    let runs = if is_whole {
        pieces.into_iter().enumerate().map(|(index, bytes)| Run { index, bytes }).collect()
    } else {
        place(&pieces, &numbers, expected, is_bad)
    };
    Runs { runs, is_whole, bytes: end }
}

/// Whether the marker that `data` begins with ends a scan: the end of the image, or a segment behind which a marker follows.
/// Anything else comes of damage.
fn is_end(data: &[u8]) -> bool {
    match *data {
        [_, END_OF_IMAGE, ..] => true,
        [_, 0xc4 | 0xda..=0xdd | 0xe0..=0xef | 0xfe, high, low, ..] => {
            let length = usize::from(u16::from_be_bytes([high, low]));
            // What follows a scan header is coded samples, not a marker.
            data[1] == 0xda || data.get(2 + length).is_none_or(|byte| *byte == 0xff)
        }
        _ => false,
    }
}

/// Finds the place of each piece by the numbers of the markers, which count from 0 to 7 and again.
fn place<'a>(
    pieces: &[&'a [u8]],
    numbers: &[usize],
    expected: usize,
    is_bad: impl FnMut(&Run<'a>) -> bool,
) -> Vec<Run<'a>> {
    let mut runs: Vec<Run> = Vec::new();
    let mut gaps: Vec<usize> = Vec::new();
    for (i, &bytes) in pieces.iter().enumerate() {
        let Some(last) = runs.last().copied() else {
            runs.push(Run { index: 0, bytes });
            continue;
        };
        let lost = (numbers[i - 1] + 8 - last.index % 8) % 8;
        // A step back is a marker that damage made.
        if lost < 6 {
            if lost > 0 {
                gaps.push(runs.len());
            }
            runs.push(Run { index: last.index + 1 + lost, bytes });
        }
    }
    let reached = runs.last().map_or(0, |run| run.index + 1);
    if reached < expected && (expected - reached).is_multiple_of(8) {
        // Eight lost, or a multiple of it, do not show in the numbers: the longest gap is where they were, or the first run that
        // does not hold what it should.
        let longest = gaps.into_iter().max_by_key(|from| runs[from - 1].bytes.len());
        let from = longest.or_else(|| runs.iter().position(is_bad).map(|bad| bad + 1));
        if let Some(behind) = from.and_then(|from| runs.get_mut(from..)) {
            behind.iter_mut().for_each(|run| run.index += expected - reached);
        }
    }
    runs.retain(|run| run.index < expected);
    runs
}
