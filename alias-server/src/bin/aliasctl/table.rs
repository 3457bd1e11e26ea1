//! Tables for people: without lines, as wide as the terminal, numbers to the right.

use comfy_table::presets::NOTHING;
use comfy_table::{
    Attribute, Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, Table, Width,
};
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use crate::output::Column;
use crate::terminal::{Terminal, painted};

/// The blanks between two columns.
const GAP: u16 = 2;

/// Objects below each other, a column for each member that is shown.
pub(crate) fn list(rows: &[Value], columns: &[Column], terminal: Terminal) -> String {
    if rows.is_empty() {
        return "none\n".to_owned();
    }
    let mut table = empty(terminal);
    let head = columns.iter().map(|column| title(column.title, terminal));
    table.set_header(head);
    for row in rows {
        table.add_row(columns.iter().map(|column| shown(member(row, column.member), terminal)));
    }
    let least = columns.iter().map(|column| {
        let cells = rows.iter().map(|row| longest_word(&cell(row, column.member)));
        cells.max().unwrap_or(0).max(column.title.width())
    });
    let least: Vec<u16> = least.map(|width| u16::try_from(width).unwrap_or(u16::MAX)).collect();
    let needed = least.iter().fold(0_u16, |sum, width| sum.saturating_add(width.saturating_add(GAP)));
    if table.width().is_some_and(|width| needed.saturating_sub(GAP) > width) {
        return blocks(rows, columns, terminal);
    }
    rendered(table, &least)
}

/// Objects below each other, a line for each column: where there is no room for the columns beside each other.
fn blocks(rows: &[Value], columns: &[Column], terminal: Terminal) -> String {
    let widest = columns.iter().map(|column| column.title.chars().count()).max().unwrap_or(0);
    let block = |row: &Value| -> String {
        let lines = columns.iter().map(|column| {
            let name = painted(&format!("{:<widest$}", column.title), Color::Cyan, terminal);
            format!("{name}  {}\n", cell(row, column.member))
        });
        lines.collect()
    };
    rows.iter().map(block).collect::<Vec<_>>().join("\n")
}

/// How wide the longest word is, in columns: it is not broken, because it is a name, a number or a part of one.
fn longest_word(text: &str) -> usize {
    text.split(' ').map(UnicodeWidthStr::width).max().unwrap_or(0)
}

/// One object, a line for each member.
pub(crate) fn record(object: &Value, terminal: Terminal) -> String {
    let mut table = empty(terminal);
    let mut lines = Vec::new();
    flatten("", object, &mut lines);
    let names = lines.iter().map(|(name, _)| longest_word(name)).max().unwrap_or(0);
    let values = lines.iter().map(|(_, value)| longest_word(&words(value))).max().unwrap_or(0);
    let least = [names, values].map(|width| u16::try_from(width).unwrap_or(u16::MAX));
    for (name, value) in lines {
        let value = shown(value, terminal).set_alignment(CellAlignment::Left);
        table.add_row([title(&name, terminal), value]);
    }
    rendered(table, &least)
}

fn flatten<'a>(within: &str, value: &'a Value, lines: &mut Vec<(String, &'a Value)>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, member) in members {
                let name = if within.is_empty() { name.clone() } else { format!("{within}.{name}") };
                flatten(&name, member, lines);
            }
        }
        other => lines.push((within.to_owned(), other)),
    }
}

fn empty(terminal: Terminal) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    if let Some(width) = terminal.width {
        table.set_width(width);
    }
    if terminal.color {
        table.enforce_styling();
    }
    table
}

/// Each line without the blanks at its end, which would be in the way of those who copy it; no column narrower than
/// its longest word.
fn rendered(mut table: Table, least: &[u16]) -> String {
    for (column, least) in table.column_iter_mut().zip(least) {
        column.set_padding((0, GAP));
        let width = Width::Fixed(least.saturating_add(GAP));
        column.set_constraint(ColumnConstraint::LowerBoundary(width));
    }
    table.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

fn title(text: &str, terminal: Terminal) -> Cell {
    let cell = Cell::new(text);
    if terminal.color { cell.add_attribute(Attribute::Bold) } else { cell }
}

fn shown(value: &Value, terminal: Terminal) -> Cell {
    let text = words(value);
    let color = match text.as_str() {
        "active" | "yes" | "done" => Some(Color::Green),
        "paused" | "low" => Some(Color::Yellow),
        "suspended" | "exhausted" | "refused" | "no" => Some(Color::Red),
        _ => None,
    };
    let cell = Cell::new(text);
    let cell = if value.is_number() { cell.set_alignment(CellAlignment::Right) } else { cell };
    match color.filter(|_| terminal.color) {
        Some(color) => cell.fg(color),
        None => cell,
    }
}

/// The member of a row at a path of names with dots.
pub(crate) fn member<'a>(row: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(row, |value, name| value.get(name).unwrap_or(&Value::Null))
}

/// A member as a person reads it.
pub(crate) fn cell(row: &Value, path: &str) -> String {
    words(member(row, path))
}

/// A value in words. Whatever would move the cursor is left out: names and descriptions are other people's.
pub(crate) fn words(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) if text.is_empty() => "-".to_owned(),
        Value::String(text) => text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect(),
        Value::Array(items) if items.is_empty() => "-".to_owned(),
        Value::Array(items) => items.iter().map(words).collect::<Vec<_>>().join(", "),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| format!("{name}={}", words(value)))
            .collect::<Vec<_>>()
            .join(" "),
        Value::Number(number) => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::output::column;

    const COLUMNS: &[Column] = &[column("TEAM", "team"), column("CREDITS", "credits")];

    fn plain(width: Option<u16>) -> Terminal {
        Terminal { color: false, width, can_ask: false, shows_progress: false }
    }

    #[test]
    fn wide_characters_take_the_columns_that_they_have_on_the_screen() {
        let rows = [
            json!({"team": "研究開発", "credits": 1}),
            json!({"team": "equipe", "credits": 20_000}),
            json!({"team": "e\u{301}quipe", "credits": 3}),
        ];
        let text = list(&rows, COLUMNS, plain(None));
        let widths: Vec<usize> = text.lines().map(UnicodeWidthStr::width).collect();
        assert!(
            widths.iter().all(|width| *width == widths[0]),
            "numbers end in one column: {widths:?}\n{text}"
        );
        // Eight columns of a name that is not broken, two between, seven of a title: one less, and they stand below each other.
        assert_eq!(list(&rows, COLUMNS, plain(Some(17))).lines().count(), 4);
        assert!(list(&rows, COLUMNS, plain(Some(16))).starts_with("TEAM     研究開発\nCREDITS  1\n"));
    }
}
