//! Every instruction set gives the reference's bits; fused sums are as near.

use vaerans_kernels::nn::{Mode, NnKernels};
use vaerans_kernels::reference::nn::epilogue::{Activation, Epilogue};
use vaerans_kernels::reference::nn::gemm::ZEROS;
use vaerans_kernels::reference::nn::winograd::{pack, packed, winograd, Block, Results};
use vaerans_kernels::testing::SplitMix64;
use vaerans_kernels::Kernels;

struct Case {
    from: Vec<f32>,
    rows: Vec<usize>,
    columns: Vec<usize>,
    weights: Vec<f32>,
    bias: Vec<f32>,
    residual: Vec<f32>,
    sizes: [usize; 6],
}

impl Case {
    fn random(random: &mut SplitMix64) -> Case {
        let mut below = |n: u32| random.below(n.into()) as usize;
        let (tile_rows, tiles, c, n) = (1 + below(3), 1 + below(11), 1 + below(40), 1 + below(50));
        let (height, width) = (4 * tile_rows - below(4), 4 * tiles - below(4));
        let mut start = |n: usize| if below(6) == 0 { ZEROS } else { below(n as u32) };
        let rows = (0..6 * tile_rows).map(|_| start(3000)).collect();
        let columns = (0..4 * tiles + 2).map(|_| start(900)).collect();
        Case {
            from: random.vec(4000, |r| r.f32(-2.0, 2.0)),
            rows,
            columns,
            weights: random.vec(9 * c * n, |r| r.f32(-1.0, 1.0)),
            bias: random.vec(n, |r| r.f32(-3.0, 3.0)),
            residual: random.vec(height * width * (n + 3), |r| r.f32(-3.0, 3.0)),
            sizes: [tile_rows, tiles, c, n, height, width],
        }
    }

    fn run(&self, kernels: NnKernels, round: usize) -> Vec<f32> {
        let [tile_rows, tiles, c, n, height, width] = self.sizes;
        let panel = kernels.panel();
        let mut panels = vec![0.0; packed(c, n, panel)];
        pack(c, 0..c, n, panel, &mut panels, &self.weights);
        let mut made = vec![0.0; panels.len()];
        // Some of the channels, then the others, as weights come from their file.
        for channels in [0..c / 2, c / 2..c] {
            let some = |t: usize| &self.weights[(t * c + channels.start) * n..(t * c + channels.end) * n];
            kernels.winograd_pack(
                c,
                channels.clone(),
                n,
                &mut made,
                &(0..9).flat_map(some).copied().collect::<Vec<_>>(),
            );
        }
        assert!(bits(&made) == bits(&panels), "{kernels:?} {:?}", self.sizes);
        let Case { from, rows, columns, .. } = self;
        let block = Block { from, rows, columns, tile_rows, tiles, c, panels: &panels, panel, n };
        let epilogue = Epilogue {
            bias: (round % 3 != 0).then_some(&self.bias),
            residual: (round % 2 != 0).then_some(&self.residual),
            residual_last: round % 4 == 1,
            activation: if round % 5 < 2 { Activation::Clip(0.0, f32::INFINITY) } else { Activation::None },
        };
        let stride = n + 3;
        let mut data = vec![7.0; self.residual.len()];
        let mut out = Results { data: &mut data, height, width, row_stride: width * stride, column_stride: stride };
        let mut scratch = vec![f32::NAN; kernels.winograd_scratch(tile_rows * tiles, c)];
        kernels.winograd(&block, &mut out, &mut scratch, &epilogue);
        let mut want = vec![7.0; self.residual.len()];
        let mut out = Results { data: &mut want, height, width, row_stride: width * stride, column_stride: stride };
        winograd(&block, &mut out, &epilogue);
        match kernels.mode() {
            Mode::Strict => assert!(bits(&data) == bits(&want), "{kernels:?} {:?}", self.sizes),
            Mode::Fast => {
                let most = want.iter().fold(1.0f32, |m, x| m.max(x.abs()));
                assert!(
                    data.iter().zip(&want).all(|(a, b)| (a - b).abs() < 1e-4 * most),
                    "{kernels:?} {:?}",
                    self.sizes
                );
            }
        }
        data
    }
}

fn bits(all: &[f32]) -> Vec<u32> {
    all.iter().map(|x| x.to_bits()).collect()
}

#[test]
fn blocks_agree() {
    let mut random = SplitMix64(3);
    for round in 0..60 {
        let case = Case::random(&mut random);
        let reference = case.run(NnKernels::REFERENCE, round);
        for kernels in Kernels::available() {
            let strict = case.run(NnKernels::of(kernels, Mode::Strict), round);
            assert!(bits(&strict) == bits(&reference), "{kernels:?}");
            case.run(NnKernels::of(kernels, Mode::Fast), round);
        }
    }
}
