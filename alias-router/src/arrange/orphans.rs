//! What is kept of teams that are not there: their numbers, and their keys, which work no more.

/// Teams that are not there, and their keys.
#[derive(Default)]
pub(super) struct Orphans {
    /// By the number of each team.
    known: Vec<Known>,
    teams: usize,
    keys: usize,
    /// How many there were in the whole catalogue, which to read again takes nothing away.
    from_the_start: (usize, usize),
}

#[derive(Default, Clone)]
struct Known {
    is_there: bool,
    keys: usize,
}

impl Orphans {
    /// What there is now was in the whole catalogue.
    pub(super) fn begin(&mut self) {
        self.from_the_start = (self.teams, self.keys);
    }

    /// How many teams are gone since.
    pub(super) fn teams(&self) -> usize {
        self.teams.saturating_sub(self.from_the_start.0)
    }

    /// How many keys do not work any more because their teams are gone since.
    pub(super) fn keys(&self) -> usize {
        self.keys.saturating_sub(self.from_the_start.1)
    }

    /// The next number is of a team that is not there yet.
    pub(super) fn number(&mut self) {
        self.known.push(Known::default());
        self.teams += 1;
    }

    /// The team of this number is there now, or is not.
    pub(super) fn set(&mut self, number: u32, is_there: bool) {
        let Some(known) = self.known.get_mut(number as usize) else { return };
        match (known.is_there, is_there) {
            (false, true) => (self.teams, self.keys) = (self.teams - 1, self.keys - known.keys),
            (true, false) => (self.teams, self.keys) = (self.teams + 1, self.keys + known.keys),
            _ => {}
        }
        known.is_there = is_there;
    }

    /// The team of this number has one key more.
    pub(super) fn key_made(&mut self, number: u32) {
        if let Some(known) = self.known.get_mut(number as usize) {
            known.keys += 1;
            self.keys += usize::from(!known.is_there);
        }
    }

    /// The team of this number has one key less.
    pub(super) fn key_gone(&mut self, number: u32) {
        if let Some(known) = self.known.get_mut(number as usize) {
            known.keys -= 1;
            self.keys -= usize::from(!known.is_there);
        }
    }
}
