import { render } from "preact";
import { App } from "./app";
import "./style.css";
import { recallTheme } from "./theme";

recallTheme();
render(<App />, document.getElementById("app")!);
