//! An integral flow through a body's network, and its changes along augmenting paths.
//!
//! Duty: fill slots one by one so that the loads stay decreasingly minimal; later hold a slot to a
//! person for good where the rest can follow without making the loads less even.
//!
//! Invariants: a held slot is held by someone eligible, the two holders of a check differ, loads never
//! pass `checks_max`, and the multiset of load / `checks_max` of a full flow never changes after filling.
//!
//! The search walks people and slots of the residual network. A person who must give up a slot opens any
//! slot held (not yet decided); an open slot goes to anyone eligible outside the check; where the partner
//! is eligible too, the partner may change sides and open the other slot, which is the residual arc
//! through the node (person, check) of capacity 1. A *hop* is the pair of arcs person → sink → person
//! that changes loads at no cost: from load l to l + 1 on one side, from l + 1 to l on the other, both
//! with the same `checks_max`. (A unit's cost is ranked by its new ratio, then by how large the ratio was
//! before; equal costs mean just that.)

use super::network::{NONE, Network, clear, has, set};

/// How the search came to a person or a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// The search began here.
    Start,
    /// From this person: who gave the slot up, or who takes over a unit of load by a hop.
    Person(u32),
    /// From this slot: which the person would hold, or whose new holder gave this one up.
    Slot(u32),
}

/// Who is to be found for an empty slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    /// The one with room whose next check costs least: keeps the loads decreasingly minimal.
    Even,
    /// Anyone with room: only counts what can be filled.
    Any,
    /// The one whose next check costs least, room or not.
    Beyond,
}

/// What the search is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// Filling a slot: only people matter.
    Fill,
    /// Deciding a slot: only people matter, and loads may change at no cost.
    Decide,
    /// The minimum cut: every slot matters.
    Cut,
}

/// The state of the search, kept to spare allocations.
#[derive(Debug, Clone)]
struct Search {
    seen: Vec<u64>,
    slot_seen: Vec<u32>,
    round: u32,
    person_origin: Vec<Origin>,
    slot_origin: Vec<Origin>,
    queue: Vec<u32>,
    done: usize,
}

/// Who holds what.
#[derive(Debug, Clone)]
pub(super) struct Flow {
    /// Slot → person, or `NONE`.
    pub holder: Vec<u32>,
    /// Person → number of slots held.
    pub load: Vec<u32>,
    /// Person → the most that may be held: `checks_max`, or the ceiling of a level.
    pub limit: Vec<u32>,
    decided: Vec<bool>,
    held: Vec<Vec<u32>>,
    place: Vec<u32>,
    levels: Vec<Vec<u64>>,
    /// People from whom nobody with room can be reached; that stays so while slots are only filled.
    dead: Vec<u64>,
    search: Search,
}

impl Flow {
    /// Nobody holds anything.
    pub(super) fn new(net: &Network) -> Self {
        let slots = net.checks * 2;
        let mut levels = vec![vec![0; net.words]; net.sizes];
        for (size, person) in net.size.iter().zip(0..) {
            set(&mut levels[*size as usize], person);
        }
        Self {
            holder: vec![NONE; slots],
            load: vec![0; net.people],
            limit: net.checks_max.clone(),
            decided: vec![false; slots],
            held: vec![Vec::new(); net.people * net.kinds.len() * 2],
            place: vec![0; slots],
            levels,
            dead: vec![0; net.words],
            search: Search {
                seen: vec![0; net.words],
                slot_seen: vec![0; slots],
                round: 0,
                person_origin: vec![Origin::Start; net.people],
                slot_origin: vec![Origin::Start; slots],
                queue: Vec::with_capacity(net.people),
                done: 0,
            },
        }
    }

    /// Fills every slot that can be filled and returns those that can't, ascending; the number of filled
    /// slots is the largest possible. With [`Choice::Even`] and nothing left empty the loads are
    /// decreasingly minimal.
    pub(super) fn fill(&mut self, net: &Network, choice: Choice) -> Vec<u32> {
        (0..self.holder.len() as u32).filter(|slot| !self.insert(net, *slot, choice)).collect()
    }

    /// Fills an empty slot along an augmenting path; false where there is none.
    pub(super) fn insert(&mut self, net: &Network, slot: u32, choice: Choice) -> bool {
        self.begin();
        if choice != Choice::Beyond {
            self.search.seen.copy_from_slice(&self.dead);
        }
        self.open(net, slot, Origin::Start);
        let end = if choice == Choice::Any { self.find_any(net) } else { self.find_cheapest(net, choice) };
        let Some(end) = end else {
            if choice != Choice::Beyond {
                self.dead.copy_from_slice(&self.search.seen);
            }
            return false;
        };
        self.set_load(net, end, self.load[end as usize] + 1);
        self.follow(net, end);
        true
    }

    /// The first person with room that the open slot reaches.
    fn find_any(&mut self, net: &Network) -> Option<u32> {
        let mut asked = 0;
        loop {
            while let Some(person) = self.search.queue.get(asked).copied() {
                asked += 1;
                if self.has_room(person) {
                    return Some(person);
                }
            }
            let person = self.next()?;
            self.expand(net, person, Purpose::Fill);
        }
    }

    /// The person whose next check costs least of all that the open slot reaches.
    fn find_cheapest(&mut self, net: &Network, choice: Choice) -> Option<u32> {
        let free =
            |load: u32, p: usize| net.checks_max[p] > 0 && (choice == Choice::Beyond || load < net.checks_max[p]);
        let goal = (0..net.people)
            .filter(|p| free(self.load[*p], *p))
            .reduce(|best, p| if self.is_cheaper(net, p, best) { p } else { best })?;
        let mut best: Option<usize> = None;
        let mut asked = 0;
        loop {
            while let Some(person) = self.search.queue.get(asked).copied() {
                asked += 1;
                let p = person as usize;
                if free(self.load[p], p) && best.is_none_or(|b| self.is_cheaper(net, p, b)) {
                    best = Some(p);
                    // Nobody is cheaper than the cheapest of all.
                    if !self.is_cheaper(net, goal, p) {
                        return Some(person);
                    }
                }
            }
            let Some(person) = self.next() else { return best.map(|p| p as u32) };
            self.expand(net, person, Purpose::Fill);
        }
    }

    /// Whether the person may take one more.
    fn has_room(&self, person: u32) -> bool {
        self.load[person as usize] < self.limit[person as usize]
    }

    /// Everybody whom a slot that could not be filled has reached since the limits were put up, in order.
    pub(super) fn without_room(&self) -> impl Iterator<Item = u32> {
        (0..self.load.len() as u32).filter(|person| has(&self.dead, *person))
    }

    /// Puts the limits up: whoever was found to reach nobody with room may do so now.
    pub(super) fn raise_limits(&mut self, limits: &[u32]) {
        self.limit.copy_from_slice(limits);
        self.dead.fill(0);
    }

    /// Empties a slot, if it is held.
    pub(super) fn empty(&mut self, net: &Network, slot: u32) {
        let holder = self.holder[slot as usize];
        if holder != NONE {
            self.take(net, slot);
            self.dead.fill(0);
            self.holder[slot as usize] = NONE;
            self.set_load(net, holder, self.load[holder as usize] - 1);
        }
    }

    /// Begins the decision over a slot: after it [`Flow::decide`] may be tried with one person after
    /// another until it is true.
    pub(super) fn begin_decision(&mut self, slot: u32) {
        self.begin();
        self.decided[slot as usize] = true;
    }

    /// True where a failed trial has shown already that this person can't have the slot.
    pub(super) fn is_ruled_out(&self, slot: u32, person: u32) -> bool {
        let other = slot ^ 1;
        if self.holder[other as usize] == person {
            return self.decided[other as usize] || self.search.slot_seen[other as usize] == self.search.round;
        }
        has(&self.search.seen, person)
    }

    /// Gives the slot to the person for good, where everything else can follow at no cost. What failed
    /// trials have seen stays seen: it can't reach the holder for the next candidate either.
    pub(super) fn decide(&mut self, net: &Network, slot: u32, person: u32) -> bool {
        let holder = self.holder[slot as usize];
        if let Some(known) = self.begin_trial(net, slot, person) {
            return known;
        }
        while !has(&self.search.seen, holder) {
            let Some(reached) = self.next() else {
                self.holder[slot as usize] = holder;
                return false;
            };
            self.expand(net, reached, Purpose::Decide);
        }
        self.follow(net, holder);
        self.hand_over(net, slot, holder, person);
        true
    }

    /// Begins to ask whether everything else can follow where the slot is the person's; `Some` where that is known.
    fn begin_trial(&mut self, net: &Network, slot: u32, person: u32) -> Option<bool> {
        if self.holder[slot as usize] == person {
            self.take(net, slot);
            return Some(true);
        }
        if self.is_ruled_out(slot, person) {
            return Some(false);
        }
        self.holder[slot as usize] = person;
        if self.holder[slot as usize ^ 1] == person {
            self.open(net, slot ^ 1, Origin::Start);
        } else {
            self.reach(person, Origin::Start);
        }
        None
    }

    /// The slot goes from its holder to the person for good.
    fn hand_over(&mut self, net: &Network, slot: u32, holder: u32, person: u32) {
        self.holder[slot as usize] = holder;
        self.take(net, slot);
        self.holder[slot as usize] = person;
    }

    /// Gives the slot to the person for good, where everything else can follow within the limits, whoever's load
    /// changes. What failed trials have seen stays seen.
    pub(super) fn decide_within_limits(&mut self, net: &Network, slot: u32, person: u32) -> bool {
        let holder = self.holder[slot as usize];
        let mut asked = self.search.queue.len();
        if let Some(known) = self.begin_trial(net, slot, person) {
            return known;
        }
        let end = loop {
            // the holder loses this slot, and so has room
            let found = self.search.queue[asked..].iter().copied().find(|p| *p == holder || self.has_room(*p));
            asked = self.search.queue.len();
            if found.is_some() {
                break found;
            }
            let Some(reached) = self.next() else { break None };
            self.expand(net, reached, Purpose::Fill);
        };
        let Some(end) = end else {
            self.holder[slot as usize] = holder;
            return false;
        };
        self.follow(net, end);
        self.set_load(net, holder, self.load[holder as usize] - 1);
        self.set_load(net, end, self.load[end as usize] + 1);
        self.hand_over(net, slot, holder, person);
        true
    }

    /// The slots that the empty slots `from` reach in the residual network: a side of the
    /// minimum cut. Slots seen by earlier calls since [`Flow::begin_cut`] are left out.
    pub(super) fn reach_from(&mut self, net: &Network, from: &[u32]) -> Vec<u32> {
        let before = self.search.slot_seen.clone();
        for slot in from {
            if self.search.slot_seen[*slot as usize] != self.search.round {
                self.open(net, *slot, Origin::Start);
            }
        }
        while let Some(person) = self.next() {
            self.expand(net, person, Purpose::Cut);
        }
        let round = self.search.round;
        (0..self.holder.len() as u32)
            .filter(|s| self.search.slot_seen[*s as usize] == round && before[*s as usize] != round)
            .collect()
    }

    /// Forgets what [`Flow::reach_from`] has seen.
    pub(super) fn begin_cut(&mut self) {
        self.begin();
    }

    /// True where one more check costs person `a` less than person `b`: new ratio, then larger old ratio
    /// (which means larger `checks_max`).
    fn is_cheaper(&self, net: &Network, a: usize, b: usize) -> bool {
        let cost = |p: usize| (u64::from(self.load[p]) + 1, u64::from(net.checks_max[p]));
        let ((la, ma), (lb, mb)) = (cost(a), cost(b));
        (la * mb).cmp(&(lb * ma)).then(mb.cmp(&ma)).is_lt()
    }

    fn begin(&mut self) {
        self.search.seen.fill(0);
        self.search.queue.clear();
        self.search.done = 0;
        self.search.round += 1;
    }

    fn next(&mut self) -> Option<u32> {
        let person = self.search.queue.get(self.search.done).copied()?;
        self.search.done += 1;
        Some(person)
    }

    fn reach(&mut self, person: u32, origin: Origin) {
        set(&mut self.search.seen, person);
        self.search.person_origin[person as usize] = origin;
        self.search.queue.push(person);
    }

    /// Reaches everybody who could take the slot; where the partner could, opens the partner's as well.
    fn open(&mut self, net: &Network, slot: u32, origin: Origin) {
        let (mut slot, mut origin) = (slot, origin);
        loop {
            self.search.slot_seen[slot as usize] = self.search.round;
            self.search.slot_origin[slot as usize] = origin;
            let (holder, partner) = (self.holder[slot as usize], self.holder[slot as usize ^ 1]);
            for word in 0..net.words {
                let mut new = net.eligible_word(slot, word) & !self.search.seen[word];
                for inside in [holder, partner] {
                    if inside as usize / 64 == word {
                        new &= !(1 << (inside % 64));
                    }
                }
                while new != 0 {
                    let person = word as u32 * 64 + new.trailing_zeros();
                    new &= new - 1;
                    self.reach(person, Origin::Slot(slot));
                }
            }
            let other = slot ^ 1;
            let may_swap = partner != NONE
                && !self.decided[other as usize]
                && self.search.slot_seen[other as usize] != self.search.round
                && net.is_eligible(slot, partner);
            if !may_swap {
                return;
            }
            origin = Origin::Slot(slot);
            slot = other;
        }
    }

    /// Opens every slot that the person could give up, as far as that can reach anybody new.
    fn expand(&mut self, net: &Network, person: u32, purpose: Purpose) {
        let classes = net.kinds.len() * 2;
        for class in 0..classes {
            let list = person as usize * classes + class;
            for i in 0..self.held[list].len() {
                let unseen =
                    net.union_mask(class / 2).iter().zip(&self.search.seen).any(|(all, seen)| all & !seen != 0);
                if !unseen && purpose != Purpose::Cut {
                    break;
                }
                let slot = self.held[list][i];
                if self.search.slot_seen[slot as usize] != self.search.round {
                    self.open(net, slot, Origin::Person(person));
                }
            }
        }
        if purpose != Purpose::Decide {
            return;
        }
        let level = (self.load[person as usize] as usize + 1) * net.words;
        let size = net.size[person as usize] as usize;
        for word in 0..net.words {
            let Some(at) = self.levels[size].get(level + word) else { return };
            let mut new = at & !self.search.seen[word];
            while new != 0 {
                let other = word as u32 * 64 + new.trailing_zeros();
                new &= new - 1;
                self.reach(other, Origin::Person(person));
            }
        }
    }

    /// Carries out the path that ends at `person`.
    fn follow(&mut self, net: &Network, person: u32) {
        let mut person = person;
        loop {
            let mut slot = match self.search.person_origin[person as usize] {
                Origin::Start => return,
                Origin::Person(taker) => {
                    self.set_load(net, person, self.load[person as usize] - 1);
                    self.set_load(net, taker, self.load[taker as usize] + 1);
                    person = taker;
                    continue;
                }
                Origin::Slot(slot) => slot,
            };
            let mut taker = person;
            person = loop {
                let before = self.holder[slot as usize];
                if before != NONE {
                    self.take(net, slot);
                }
                self.give(net, slot, taker);
                match self.search.slot_origin[slot as usize] {
                    Origin::Start => return,
                    Origin::Person(giver) => break giver,
                    Origin::Slot(opened) => {
                        taker = before;
                        slot = opened;
                    }
                }
            };
        }
    }

    fn list_of(&self, net: &Network, slot: u32) -> usize {
        self.holder[slot as usize] as usize * net.kinds.len() * 2 + net.class_of(slot)
    }

    /// Removes the slot from its holder's list.
    fn take(&mut self, net: &Network, slot: u32) {
        let (list, at) = (self.list_of(net, slot), self.place[slot as usize]);
        self.held[list].swap_remove(at as usize);
        if let Some(moved) = self.held[list].get(at as usize) {
            self.place[*moved as usize] = at;
        }
    }

    /// Makes the person the slot's holder.
    fn give(&mut self, net: &Network, slot: u32, person: u32) {
        self.holder[slot as usize] = person;
        let list = self.list_of(net, slot);
        self.place[slot as usize] = self.held[list].len() as u32;
        self.held[list].push(slot);
    }

    fn set_load(&mut self, net: &Network, person: u32, load: u32) {
        let levels = &mut self.levels[net.size[person as usize] as usize];
        clear(&mut levels[self.load[person as usize] as usize * net.words..][..net.words], person);
        let end = (load as usize + 1) * net.words;
        if levels.len() < end {
            levels.resize(end, 0);
        }
        set(&mut levels[load as usize * net.words..][..net.words], person);
        self.load[person as usize] = load;
    }
}
