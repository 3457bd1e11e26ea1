//! Answers in the form that was asked for: tables for people, JSON and the like for programs. Data goes to standard
//! output, everything else to standard error.

use std::io::Write;

use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::impact_text;
use crate::table;
use crate::terminal::Terminal;

/// The form of an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// Columns for people.
    #[default]
    Table,
    /// The same, with more columns.
    Wide,
    /// The API's own answer.
    Json,
    /// The same as YAML.
    Yaml,
    /// Comma-separated values, with a head.
    Csv,
    /// Names alone, one a line.
    Name,
}

/// A column of a list: its title, and the member of an object that it shows (`a.b` is `b` in `a`).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    pub(crate) title: &'static str,
    pub(crate) member: &'static str,
    /// Whether only the wide form has it.
    pub(crate) wide: bool,
}

/// A column of every form.
pub(crate) const fn column(title: &'static str, member: &'static str) -> Column {
    Column { title, member, wide: false }
}

/// A column of the wide form, and of CSV.
pub(crate) const fn wide(title: &'static str, member: &'static str) -> Column {
    Column { title, member, wide: true }
}

/// Where answers go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    pub(crate) format: Format,
    terminal: Terminal,
}

impl Output {
    pub(crate) fn new(format: Format, terminal: Terminal) -> Self {
        Self { format, terminal }
    }

    /// The same place, in another form.
    #[must_use]
    pub(crate) fn of(self, format: Format) -> Self {
        Self { format, ..self }
    }

    /// Whether the answer is for people, and not for programs.
    pub(crate) fn is_for_people(self) -> bool {
        matches!(self.format, Format::Table | Format::Wide)
    }

    /// A list, which is the member `of` of an answer. The first column is the objects' name.
    pub(crate) fn list(self, answer: &Value, of: &str, columns: &[Column]) -> Result<(), Failure> {
        let none = Vec::new();
        let rows = answer.get(of).and_then(Value::as_array).unwrap_or(&none);
        self.rows(answer, rows, columns)
    }

    /// One object.
    pub(crate) fn object(self, object: &Value, columns: &[Column]) -> Result<(), Failure> {
        match self.format {
            Format::Table | Format::Wide => print(&table::record(object, self.terminal)),
            _ => self.rows(object, std::slice::from_ref(object), columns),
        }
    }

    fn rows(self, answer: &Value, rows: &[Value], columns: &[Column]) -> Result<(), Failure> {
        let shown = |with_wide: bool| -> Vec<Column> {
            columns.iter().copied().filter(|column| with_wide || !column.wide).collect()
        };
        match self.format {
            Format::Table => print(&table::list(rows, &shown(false), self.terminal)),
            Format::Wide => print(&table::list(rows, &shown(true), self.terminal)),
            Format::Json => json(answer),
            Format::Yaml => print(&yaml(answer)?),
            Format::Csv => print(&comma_separated(rows, &shown(true))?),
            Format::Name => {
                let names = rows.iter().filter_map(|row| Some(table::cell(row, columns.first()?.member)));
                print(&names.map(|name| name + "\n").collect::<String>())
            }
        }
    }

    /// What would be sent: the answer to a command that is only tried out, where the server does not try it out.
    pub(crate) fn untried(self, request: &Value) -> Result<(), Failure> {
        if !self.is_for_people() {
            let answer = serde_json::json!({ "dry_run": true, "request": request });
            return self
                .object(&answer, &[column("PATH", "request.path"), column("METHOD", "request.method")]);
        }
        let text = |member: &str| request[member].as_str().unwrap_or_default();
        let body = if request["body"].is_null() { String::new() } else { format!("\n  {}", request["body"]) };
        print(&format!("Would send: {} {}{body}\nNothing was changed.\n", text("method"), text("path")))
    }

    /// What was done: a sentence for people, the answer for programs.
    pub(crate) fn done(self, answer: &Value, sentence: &str, columns: &[Column]) -> Result<(), Failure> {
        match self.format {
            Format::Table | Format::Wide if answer["dry_run"] == true => {
                print(&format!("{}Nothing was changed.\n", impact_text::impact(&answer["impact"])))
            }
            Format::Table | Format::Wide => print(&format!("{sentence}\n")),
            _ => self.object(answer, columns),
        }
    }
}

/// A text, as it is. A reader that has seen enough (`| head`) is no failure.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut output = std::io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(why) if why.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::Failed(format!("cannot write the answer: {why}")))
        }
        _ => Ok(()),
    }
}

/// An answer as JSON, on lines of its own.
fn json(answer: &Value) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(answer).map_err(|why| Failure::Failed(why.to_string()))?;
    print(&(text + "\n"))
}

pub(crate) fn yaml(answer: &Value) -> Result<String, Failure> {
    serde_norway::to_string(answer).map_err(|why| Failure::Failed(why.to_string()))
}

fn comma_separated(rows: &[Value], columns: &[Column]) -> Result<String, Failure> {
    let failed = |why: csv::Error| Failure::Failed(why.to_string());
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns.iter().map(|column| column.member)).map_err(failed)?;
    for row in rows {
        writer.write_record(columns.iter().map(|column| plain(row, column.member))).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|why| Failure::Failed(why.to_string()))?;
    String::from_utf8(bytes).map_err(|why| Failure::Failed(why.to_string()))
}

/// A member for a program that reads CSV: nothing where there is nothing.
fn plain(row: &Value, member: &str) -> String {
    match table::member(row, member) {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}

/// Several answers of the same list as one.
pub(crate) fn merged(mut first: Map<String, Value>, of: &str, rest: Vec<Value>) -> Value {
    if let Some(rows) = first.get_mut(of).and_then(Value::as_array_mut) {
        rows.extend(rest);
    }
    first.insert("has_more".to_owned(), Value::Bool(false));
    first.insert("next_cursor".to_owned(), Value::Null);
    Value::Object(first)
}
