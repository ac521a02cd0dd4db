// Renders /openapi.json as a readable page: operations by tag, with parameters, bodies and answers.
"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];

function element(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) node.setAttribute(key, value);
  node.append(...children.filter((child) => child != null));
  return node;
}

// A schema as an example-like outline; references are followed a few levels deep.
function outline(schema, components, depth) {
  if (!schema) return "…";
  if (schema.$ref) {
    const name = schema.$ref.split("/").pop();
    return depth > 4 ? name : outline(components[name], components, depth + 1);
  }
  for (const key of ["oneOf", "anyOf"]) {
    if (schema[key]) return schema[key].map((one) => outline(one, components, depth + 1)).find((one) => one !== "null");
  }
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((one) => outline(one, components, depth + 1)));
  if (schema.enum) return schema.enum.join(" | ");
  const type = Array.isArray(schema.type) ? schema.type.join(" or ") : schema.type;
  if (type === "array") return [outline(schema.items, components, depth + 1)];
  if (schema.properties) {
    const required = new Set(schema.required ?? []);
    return Object.fromEntries(Object.entries(schema.properties).map(([name, property]) =>
      [required.has(name) ? name : name + "?", outline(property, components, depth + 1)]));
  }
  return schema.format ? `${type} (${schema.format})` : type ?? "any";
}

function body(title, content, components) {
  const json = content?.["application/json"];
  if (!json) return null;
  const text = JSON.stringify(outline(json.schema, components, 0), null, 2);
  return element("div", {}, element("h4", {}, title), element("pre", {}, text));
}

function operation(method, path, described, components) {
  const parameters = (described.parameters ?? []).map((parameter) => element("tr", {},
    element("td", {}, element("code", {}, parameter.name)), element("td", {}, parameter.in),
    element("td", {}, parameter.description ?? "")));
  const answers = Object.entries(described.responses ?? {}).map(([status, answer]) =>
    element("tr", {}, element("td", {}, element("code", {}, status)), element("td", {}, answer.description ?? "")));
  const success = Object.entries(described.responses ?? {}).find(([status]) => status.startsWith("2"));
  return element("details", {},
    element("summary", {}, element("span", { class: `method ${method}` }, method.toUpperCase()),
      element("code", {}, path), " ", described.summary ?? ""),
    described.description ? element("p", {}, described.description) : null,
    parameters.length ? element("table", {}, ...parameters) : null,
    body("Body", described.requestBody?.content, components),
    body("Answer", success?.[1].content, components),
    element("table", {}, ...answers));
}

async function render() {
  const page = document.getElementById("operations");
  const answer = await fetch("/openapi.json");
  const api = await answer.json();
  const components = api.components?.schemas ?? {};
  const byTag = new Map();
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const method of METHODS.filter((name) => methods[name])) {
      const tag = methods[method].tags?.[0] ?? "other";
      byTag.set(tag, [...(byTag.get(tag) ?? []), operation(method, path, methods[method], components)]);
    }
  }
  page.replaceChildren(...[...byTag].flatMap(([tag, operations]) => [element("h2", {}, tag), ...operations]));
}

render().catch((error) => { document.getElementById("operations").textContent = String(error); });
