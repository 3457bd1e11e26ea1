//! Tables for people: without lines, as wide as the terminal, numbers to the right.

use comfy_table::presets::NOTHING;
use comfy_table::{
    Attribute, Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, Table, Width,
};
use serde_json::Value;

use crate::output::Column;
use crate::terminal::Terminal;

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
    // A title that is broken is no title.
    for (at, column) in columns.iter().enumerate() {
        if let (Some(shown), Ok(width)) = (table.column_mut(at), u16::try_from(column.title.len())) {
            shown.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(width + GAP)));
        }
    }
    for row in rows {
        table.add_row(columns.iter().map(|column| shown(member(row, column.member), terminal)));
    }
    rendered(table)
}

/// One object, a line for each member.
pub(crate) fn record(object: &Value, terminal: Terminal) -> String {
    let mut table = empty(terminal);
    let mut lines = Vec::new();
    flatten("", object, &mut lines);
    for (name, value) in lines {
        let value = shown(value, terminal).set_alignment(CellAlignment::Left);
        table.add_row([title(&name, terminal), value]);
    }
    rendered(table)
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

/// Each line without the blanks at its end, which would be in the way of those who copy it.
fn rendered(mut table: Table) -> String {
    for column in table.column_iter_mut() {
        column.set_padding((0, GAP));
    }
    // Names are to be copied: they are not broken.
    if let Some(names) = table.column_mut(0) {
        names.set_constraint(ColumnConstraint::ContentWidth);
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
