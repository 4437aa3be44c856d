-- Every stored call with every column, in a total order: equal stores give equal answers.
SELECT * EXCEPT (flow, depth) FROM callRows ORDER BY ts, flow, depth, app
