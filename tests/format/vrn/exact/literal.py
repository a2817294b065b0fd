"""Colours of the screen mode that no neighbour has."""

from __future__ import annotations

from .mixing import FRESH, WORD, Decisions, mix

#: The order of channels, and how many of the first lead.
ORDER = {1: ((0,), 1), 2: ((0, 1), 1), 3: ((1, 0, 2), 1), 4: ((3, 1, 0, 2), 2)}
PALETTE = 4096


def part(colour: int, channel: int) -> int:
    return colour >> 8 * channel & 255


def clamp(v: int, low: int, high: int) -> int:
    return min(max(v, low), high)


class Literals:
    def __init__(self, decisions: Decisions, channels: int) -> None:
        self.decisions, self.channels = decisions, channels
        self.order, self.leads = ORDER[channels]
        self.known, self.place = [FRESH] * 80, [FRESH] * 4368
        self.distance, self.low = [FRESH] * 38016, [FRESH] * 4608
        self.palette: list[int] = []
        self.filled = 0
        self.ink = [0] * 1024
        #: Of each place in the order and each of 8 surroundings.
        self.scores = [[[0] * 6 for _ in range(8)] for _ in self.order]
        self.recent = 0

    def read(self, near: tuple[int, ...], g3: int, g6: int) -> int:
        w, n, nw = near[:3]
        if self.palette:
            u = sum(abs(part(w, c) - part(nw, c)) + abs(part(n, c) - part(nw, c)) for c in range(self.channels))
            unrest = min(9, u.bit_length())
            at = 8 * unrest + self.recent
            if self.decisions.mixed(32 + self.recent, self.known, at, g3 + 7, g6 + 7):
                return self.palette[self.in_palette(w, n)]
        colour = self.fresh(near)
        if len(self.palette) < PALETTE:
            self.palette.append(colour)
        else:
            self.palette[self.filled % PALETTE] = colour
        self.filled += 1
        self.ink[mix(w, 0x99) >> 22] = colour
        return colour

    def in_palette(self, w: int, n: int) -> int:
        d, prefix, value = self.decisions, 1, 0
        for k in range(3):
            t = (0, 1 + (prefix & 15), 17 + (prefix & 255))[k]
            by_w, by_both, node = d.group(mix(w, prefix), 16), d.group(mix(w, n, prefix), 16), 1
            for i in range(4):
                left = 11 - 4 * k - i
                bit = 0
                if (2 * value + 1) << left < len(self.palette):
                    bit = d.mixed(480 + 16 * k + node, self.place, 16 * t + node, by_w + node, by_both + node)
                value, node = 2 * value + bit, 2 * node + bit
            prefix = 1 << 4 * (k + 1) | value
        return value

    def fresh(self, near: tuple[int, ...]) -> int:
        w, n, nw, ne, ww, nn = near
        axis = 1 if self.channels >= 3 else 0
        far = n
        for c in (ne, nw, ww, nn):
            if abs(part(c, axis) - part(w, axis)) > abs(part(far, axis) - part(w, axis)):
                far = c
        others, colour = (w, n, nw, ne, self.ink[mix(w, 0x99) >> 22], far), 0
        surroundings = (w == n) + 2 * (ne == n) + 4 * (self.recent > 1)
        state = Channel(self, others, surroundings)
        for i, channel in enumerate(self.order):
            colour |= state.read(i, channel) << 8 * channel
        return colour


class Channel:
    """Channel after channel of one colour."""

    def __init__(self, of: Literals, others: tuple[int, ...], surroundings: int) -> None:
        self.of, self.others, self.surroundings = of, others, surroundings
        self.error = self.before = 0
        #: The channel that led last, and its value.
        self.led = self.value = 0

    def line(self, o: int, channel: int) -> int:
        w = self.others[0]
        whole, of_it = part(o, self.led) - part(w, self.led), self.value - part(w, self.led)
        if whole == 0:
            return part(o, channel)
        product = (part(o, channel) - part(w, channel)) * of_it
        size = (2 * abs(product) + abs(whole)) // (2 * abs(whole))
        t = size if (product >= 0) == (whole > 0) else -size
        return clamp(part(w, channel) + t, 0, 255)

    def predictions(self, i: int, channel: int) -> tuple[int, list[int]]:
        w, n, nw, _, ink, far = (part(o, channel) for o in self.others)
        plain = clamp(w + n - nw, min(w, n), max(w, n))
        middle = w + n + 1 >> 1
        if i < self.of.leads:
            return plain, [plain, w, ink, n, middle, far]
        to_ink, to_far = self.line(self.others[4], channel), self.line(self.others[5], channel)
        return plain, [clamp(plain + self.error, 0, 255), to_ink, to_far, w, middle, ink]

    def read(self, i: int, channel: int) -> int:
        d, is_leading = self.of.decisions, i < self.of.leads
        w, n, nw, ne = (part(o, channel) for o in self.others[:4])
        plain, p = self.predictions(i, channel)
        scores = self.of.scores[i][self.surroundings]
        best = scores.index(min(scores))
        which, e = 6 * i + best, self.error
        u = min(8, (abs(w - nw) + abs(n - nw) + abs(ne - n)).bit_length())
        last = 2 * min(5, abs(e).bit_length()) - 1 + (e < 0) if e else 0
        base = 16 * (11 * (9 * which + u) + last)
        bits = 256 * abs(w - n).bit_length() + 16 * abs(ne - n).bit_length()
        near = d.group(mix(65536 * which + 4096 * u + bits, 0x8000), 16)
        if is_leading:
            exact = mix(w + 256 * which, n, 0x9999)
        else:
            exact = mix(e + 512 + 1024 * best & WORD, w + 256 * self.before & WORD, 0x7777)
        distance = self.distance(i, base, near, d.group(exact, 16))
        value = p[best] + distance & 255
        self.before, self.error = e, (value - plain + 128) % 256 - 128
        for k in range(6):
            scores[k] += 256 * min(32, abs(value - p[k])) - scores[k] >> 4
        if is_leading:
            self.led, self.value = channel, value
        return value

    def distance(self, i: int, base: int, near: int, exact: int) -> int:
        d = self.of.decisions

        def decide(k: int) -> int:
            return d.mixed(544 + 16 * i + k, self.of.distance, base + k, near + k, exact + k)

        if decide(1):
            return 0
        is_negative, size = decide(2), 1
        while size < 8 and decide(2 + size):
            size += 1
        v = 1
        for _ in range(size - 1):
            v = 2 * v + d.plain(self.of.low, 1152 * i + 128 * size + v)
        return -v if is_negative else v
