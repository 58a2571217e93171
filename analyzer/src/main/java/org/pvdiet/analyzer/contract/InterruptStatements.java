package org.pvdiet.analyzer.contract;

/** Says whether interrupts were on before and after the calls of a hook. */
final class InterruptStatements {
    private final InterruptFlag flag;
    private final Occurrences returned;
    private final StatementList statements;

    InterruptStatements(HookSummary hook, StatementList statements) {
        this.flag = hook.interruptFlag();
        this.returned = flag.returned();
        this.statements = statements;
    }

    void say() {
        if (returned.calls() == 0) {
            return;
        }
        Occurrences turnedOn = flag.of(false, true);
        Occurrences turnedOff = flag.of(true, false);
        if (turnedOn.calls() + turnedOff.calls() == 0) {
            String which =
                    flag.after(true).calls() == 0 ? ", off" : flag.after(false).calls() == 0 ? ", on" : "";
            statements.say(Aspect.INTERRUPTS, "leaves interrupts as they were", "", which, returned);
        } else if (flag.after(false).calls() == 0) {
            leaves(true, turnedOn);
        } else if (flag.after(true).calls() == 0) {
            leaves(false, turnedOff);
        } else if (!flag.followed().isEmpty()) {
            statements.say(
                    Aspect.INTERRUPTS,
                    "leaves interrupts on or off as bit 9 of " + flag.followed() + " says",
                    returned);
        } else {
            turns("on", turnedOn);
            turns("off", turnedOff);
        }
    }

    private void leaves(boolean on, Occurrences turned) {
        String before = turned.calls() == returned.calls() ? ", which were " + (on ? "off" : "on") : "";
        statements.say(Aspect.INTERRUPTS, "leaves interrupts " + (on ? "on" : "off"), "", before, returned);
    }

    private void turns(String how, Occurrences calls) {
        if (calls.calls() > 0) {
            statements.say(Aspect.INTERRUPTS, "turns interrupts " + how, statements.share(calls, returned), "", calls);
        }
    }
}
