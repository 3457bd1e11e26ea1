//! Lists as CSV (RFC 4180), for `Accept: text/csv`; what a spreadsheet would run as a formula stays a text.

use actix_web::HttpResponse;
use actix_web::http::header::{ACCEPT, HeaderMap, LINK};
use serde::Serialize;
use serde_json::Value;

/// Whether a client wants CSV: it says so, and ranks JSON no higher.
pub fn is_wanted(headers: &HeaderMap) -> bool {
    let mut csv = 0.0;
    let mut json = 0.0;
    for part in headers.get_all(ACCEPT).filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(',')) {
        let mut pieces = part.split(';').map(str::trim);
        let kind = pieces.next().unwrap_or_default().to_ascii_lowercase();
        let quality = pieces.find_map(|piece| piece.strip_prefix("q=")).map_or(Ok(1.0), str::parse::<f32>);
        let quality = quality.unwrap_or(0.0);
        match kind.as_str() {
            "text/csv" => csv = quality,
            "application/json" | "application/*" | "*/*" => json = f32::max(json, quality),
            _ => {}
        }
    }
    csv > 0.0 && csv >= json
}

/// 200 with one line a row, and a link to the next part of the list.
pub fn answer(link: Option<String>, columns: &[&str], rows: &[impl Serialize]) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    if let Some(link) = link {
        answer.insert_header((LINK, link));
    }
    match written(columns, rows) {
        Ok(text) => answer.content_type("text/csv; charset=utf-8; header=present").body(text),
        Err(why) => {
            tracing::error!(%why, "a list cannot be written as CSV");
            HttpResponse::InternalServerError().finish()
        }
    }
}

fn written(columns: &[&str], rows: &[impl Serialize]) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(columns)?;
    for row in rows {
        let row = serde_json::to_value(row)?;
        let value = |column: &str| column.split('.').fold(&row, |value, member| &value[member]);
        writer.write_record(columns.iter().map(|column| cell(value(column))))?;
    }
    Ok(writer.into_inner()?)
}

/// A value as a cell. Spreadsheets run what begins with these signs; behind an apostrophe it is a text.
fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => return other.to_string(),
    };
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;
    use serde_json::json;

    #[test]
    fn what_a_spreadsheet_would_run_is_a_text() {
        let rows =
            [json!({"name": "=HYPERLINK(\"http://evil\")", "count": 3, "diff": {"a": 1}, "reason": null})];
        let columns = ["name", "count", "diff", "diff.a", "reason", "reason.a"];
        let text = String::from_utf8(written(&columns, &rows).unwrap()).unwrap();
        let expected = "name,count,diff,diff.a,reason,reason.a\r\n\
            \"'=HYPERLINK(\"\"http://evil\"\")\",3,\"{\"\"a\"\":1}\",1,,\r\n";
        assert_eq!(text, expected);
        for sign in ["+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"] {
            assert!(cell(&json!(sign)).starts_with('\''), "{sign:?}");
        }
        for harmless in ["a=1", "gpt-4", "usr_1", "1-2", " "] {
            assert_eq!(cell(&json!(harmless)), harmless);
        }
    }

    #[test]
    fn csv_is_given_to_who_asks_for_it() {
        let wanted = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_str(accept).unwrap());
            is_wanted(&headers)
        };
        for accept in ["text/csv", "TEXT/CSV;q=0.5", "text/csv, application/json;q=0.9", "text/csv,*/*;q=0.1"]
        {
            assert!(wanted(accept), "{accept}");
        }
        for accept in
            ["*/*", "application/json", "application/json, text/csv;q=0.5", "text/csv;q=0", "text/html"]
        {
            assert!(!wanted(accept), "{accept}");
        }
        assert!(!is_wanted(&HeaderMap::new()));
    }
}
