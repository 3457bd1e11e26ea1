//! Pages of lists: where one starts, and where the next one does.

use alias_core::name::{Name, NameKind};
use alias_core::repository::{Page, Position, Start, Window};

use crate::error::Failure;

/// How many rows to ask for: one more than the page holds tells whether there is a next one.
pub(crate) fn rows_wanted(window: &Window) -> i64 {
    i64::from(window.limit.clamp(1, 1_000)) + 1
}

/// How many rows to skip.
pub(crate) fn offset(window: &Window) -> i64 {
    match window.start {
        Start::Offset(rows) => i64::try_from(rows).unwrap_or(i64::MAX),
        Start::First | Start::After(_) => 0,
    }
}

/// The position after which the page starts.
pub(crate) fn after(window: &Window) -> Option<&Position> {
    match &window.start {
        Start::After(position) => Some(position),
        Start::First | Start::Offset(_) => None,
    }
}

/// The page that the rows make, of which `total` match in all.
pub(crate) fn page<R, T>(
    mut rows: Vec<R>,
    window: &Window,
    total: i64,
    finish: impl FnOnce(Vec<R>) -> Result<Vec<T>, Failure>,
    position: impl FnOnce(&T) -> Position,
) -> Result<Page<T>, Failure> {
    let size = usize::try_from(rows_wanted(window) - 1).unwrap_or(1_000);
    let more = rows.len() > size;
    rows.truncate(size);
    let items = finish(rows)?;
    let next = items.last().filter(|_| more).map(position);
    Ok(Page { items, total: crate::column::count(total), next })
}

/// The position of an object in a list that is sorted by name.
pub(crate) fn at_name<K: NameKind>(name: &Name<K>) -> Position {
    Position { value: None, name: name.folded() }
}

/// Sorts a boxed query by a unique column, and lets it start after a position.
macro_rules! by_name {
    ($rows:expr, $name:expr, $descending:expr, $window:expr) => {{
        let (mut rows, after) = ($rows, $crate::window::after($window));
        rows = match (after, $descending) {
            (Some(after), false) => rows.filter($name.gt($crate::column::storable(&after.name))),
            (Some(after), true) => rows.filter($name.lt($crate::column::storable(&after.name))),
            (None, _) => rows,
        };
        if $descending { rows.order($name.desc()) } else { rows.order($name.asc()) }
    }};
}

pub(crate) use by_name;
