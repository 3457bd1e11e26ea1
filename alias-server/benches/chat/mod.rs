//! Bodies of calls, of any size.

/// A chat of about `size` bytes, in messages of 400 bytes of prose and code with the escapes that these have.
pub(crate) fn chat(size: usize) -> String {
    let text =
        "The quick brown fox jumps over the lazy dog.\\nfn main() { println!(\\\"hello\\\"); }\\n".repeat(5);
    let message = format!(r#"{{"role": "user", "content": "{text}"}}"#);
    let messages = vec![message; (size / 440).max(1)].join(", ");
    format!(
        r#"{{"model": "smart", "messages": [{messages}], "temperature": 0.7, "max_tokens": 1000, "stream": true, "user": "u-1",
        "tools": [{{"type": "function", "function": {{"name": "weather", "description": "The weather of a city",
        "parameters": {{"type": "object", "properties": {{"city": {{"type": "string"}}}}, "required": ["city"]}}}}}}]}}"#
    )
}
