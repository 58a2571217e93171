package org.pvdiet.emulator.cpu.decode;

import static org.pvdiet.emulator.cpu.decode.Mnemonic.*;
import static org.pvdiet.emulator.cpu.decode.OperandForm.*;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Every encoding, its mnemonic and its operands, in the notation of SDM volume 2.
 *
 * <p>A row's encoding is, in this order: a mandatory prefix ({@code NP}, {@code 66}, {@code F3}, {@code F2}; none: any
 * will do), the opcode map ({@code 0F}, {@code 0F 38}, {@code 0F 3A}), the opcode ({@code +r}: eight opcodes with a
 * register in the low bits, {@code +cc}: sixteen with a condition), a whole ModRM byte or {@code /digit} for its reg
 * field, and restrictions: {@code mem} or {@code reg} (implied where an operand can be only one of them), {@code W0} and
 * {@code W1} for REX.W, {@code noB} for a clear REX.B, {@code i64} invalid in 64-bit mode, {@code o64} only there,
 * {@code d64} and {@code f64} for an operand size that defaults to, or always is, 8 there. The first row that matches
 * counts; bytes that match none are {@link Mnemonic#INVALID}.
 */
final class OpcodeTable {
    private static final Row[] NONE = {};
    private static final List<List<Row>> BUILDING = new ArrayList<>();
    private static final Row[][] ROWS = new Row[4 * 256][];

    static {
        for (int i = 0; i < ROWS.length; i++) {
            BUILDING.add(new ArrayList<>());
        }
        arithmetic();
        oneByte();
        shifts();
        groups345();
        x87();
        systemGroups();
        hints();
        controlRegisters();
        msrsAndConditionalMoves();
        twoByte();
        threeByte();
        moves();
        floatingPoint();
        packedIntegers();
        xmmOnly();
        for (int i = 0; i < ROWS.length; i++) {
            ROWS[i] = BUILDING.get(i).toArray(NONE);
        }
    }

    private OpcodeTable() {}

    /** The rows of an opcode, in order of preference. All or none of them have a ModRM byte. */
    static Row[] rows(int map, int opcode) {
        return ROWS[map << 8 | opcode];
    }

    /** Arithmetic and logic: eight operations in six forms each, and group 1. */
    private static void arithmetic() {
        arithmetic(0, ADD);
        arithmetic(1, OR);
        arithmetic(2, ADC);
        arithmetic(3, SBB);
        arithmetic(4, AND);
        arithmetic(5, SUB);
        arithmetic(6, XOR);
        arithmetic(7, CMP);
    }

    /** One-byte opcodes. */
    private static void oneByte() {
        row("06 i64", PUSH, ES);
        row("07 i64", POP, ES);
        row("0E i64", PUSH, CS);
        row("16 i64", PUSH, SS);
        row("17 i64", POP, SS);
        row("1E i64", PUSH, DS);
        row("1F i64", POP, DS);
        row("27 i64", DAA);
        row("2F i64", DAS);
        row("37 i64", AAA);
        row("3F i64", AAS);
        row("40+r i64", INC, Zv);
        row("48+r i64", DEC, Zv);
        row("50+r d64", PUSH, Zv);
        row("58+r d64", POP, Zv);
        row("60 i64", PUSHA);
        row("61 i64", POPA);
        row("62 i64", BOUND, Gv, Ma);
        row("63 i64", ARPL, Ew, Gw);
        row("63 o64", MOVSXD, Gv, Ez);
        row("68 d64", PUSH, Iz);
        row("69", IMUL, Gv, Ev, Iz);
        row("6A d64", PUSH, sIb);
        row("6B", IMUL, Gv, Ev, sIb);
        row("6C", INS, Yb, DX);
        row("6D", INS, Yz, DX);
        row("6E", OUTS, DX, Xb);
        row("6F", OUTS, DX, Xz);
        row("70+cc f64", JCC, Jb);
        row("84", TEST, Eb, Gb);
        row("85", TEST, Ev, Gv);
        row("86", XCHG, Eb, Gb);
        row("87", XCHG, Ev, Gv);
        row("88", MOV, Eb, Gb);
        row("89", MOV, Ev, Gv);
        row("8A", MOV, Gb, Eb);
        row("8B", MOV, Gv, Ev);
        row("8C", MOV, Rv_Mw, Sw);
        row("8D", LEA, Gv, M);
        row("8E", MOV, Sw, Rv_Mw);
        row("8F /0 d64", POP, Ev);
        row("F3 90 noB", PAUSE);
        row("90 noB", NOP);
        row("90+r", XCHG, Zv, rAX);
        row("98", CBW);
        row("99", CWD);
        row("9A i64", CALL_FAR, Ap);
        row("9B", FWAIT);
        row("9C d64", PUSHF);
        row("9D d64", POPF);
        row("9E", SAHF);
        row("9F", LAHF);
        row("A0", MOV, AL, Ob);
        row("A1", MOV, rAX, Ov);
        row("A2", MOV, Ob, AL);
        row("A3", MOV, Ov, rAX);
        row("A4", MOVS, Yb, Xb);
        row("A5", MOVS, Yv, Xv);
        row("A6", CMPS, Xb, Yb);
        row("A7", CMPS, Xv, Yv);
        row("A8", TEST, AL, Ib);
        row("A9", TEST, rAX, Iz);
        row("AA", STOS, Yb, AL);
        row("AB", STOS, Yv, rAX);
        row("AC", LODS, AL, Xb);
        row("AD", LODS, rAX, Xv);
        row("AE", SCAS, AL, Yb);
        row("AF", SCAS, rAX, Yv);
        row("B0+r", MOV, Zb, Ib);
        row("B8+r", MOV, Zv, Iv);
        row("C2 f64", RET, Iw);
        row("C3 f64", RET);
        row("C4 i64", LES, Gv, Mp);
        row("C5 i64", LDS, Gv, Mp);
        row("C6 F8", XABORT, Ib);
        row("C6 /0", MOV, Eb, Ib);
        row("C7 F8", XBEGIN, Jz);
        row("C7 /0", MOV, Ev, Iz);
        row("C8 d64", ENTER, Iw, Ib);
        row("C9 d64", LEAVE);
        row("CA", RET_FAR, Iw);
        row("CB", RET_FAR);
        row("CC", INT3);
        row("CD", INT, Ib);
        row("CE i64", INTO);
        row("CF", IRET);
        row("D4 i64", AAM, Ib);
        row("D5 i64", AAD, Ib);
        row("D6 i64", SALC);
        row("D7", XLAT, BXb);
        row("E0 f64", LOOPNE, Jb);
        row("E1 f64", LOOPE, Jb);
        row("E2 f64", LOOP, Jb);
        row("E3 f64", JCXZ, Jb);
        row("E4", IN, AL, Ib);
        row("E5", IN, eAX, Ib);
        row("E6", OUT, Ib, AL);
        row("E7", OUT, Ib, eAX);
        row("E8 f64", CALL, Jz);
        row("E9 f64", JMP, Jz);
        row("EA i64", JMP_FAR, Ap);
        row("EB f64", JMP, Jb);
        row("EC", IN, AL, DX);
        row("ED", IN, eAX, DX);
        row("EE", OUT, DX, AL);
        row("EF", OUT, DX, eAX);
        row("F1", INT1);
        row("F4", HLT);
        row("F5", CMC);
        row("F8", CLC);
        row("F9", STC);
        row("FA", CLI);
        row("FB", STI);
        row("FC", CLD);
        row("FD", STD);
    }

    /** Group 2, shifts and rotations; /6 is an undocumented second SHL. */
    private static void shifts() {
        shift(0, ROL);
        shift(1, ROR);
        shift(2, RCL);
        shift(3, RCR);
        shift(4, SHL);
        shift(5, SHR);
        shift(6, SHL);
        shift(7, SAR);
    }

    /** Groups 3, 4 and 5. */
    private static void groups345() {
        row("F6 /0", TEST, Eb, Ib);
        row("F6 /1", TEST, Eb, Ib);
        row("F6 /2", NOT, Eb);
        row("F6 /3", NEG, Eb);
        row("F6 /4", MUL, Eb);
        row("F6 /5", IMUL, Eb);
        row("F6 /6", DIV, Eb);
        row("F6 /7", IDIV, Eb);
        row("F7 /0", TEST, Ev, Iz);
        row("F7 /1", TEST, Ev, Iz);
        row("F7 /2", NOT, Ev);
        row("F7 /3", NEG, Ev);
        row("F7 /4", MUL, Ev);
        row("F7 /5", IMUL, Ev);
        row("F7 /6", DIV, Ev);
        row("F7 /7", IDIV, Ev);
        row("FE /0", INC, Eb);
        row("FE /1", DEC, Eb);
        row("FF /0", INC, Ev);
        row("FF /1", DEC, Ev);
        row("FF /2 f64", CALL, Ev);
        row("FF /3", CALL_FAR, Mp);
        row("FF /4 f64", JMP, Ev);
        row("FF /5", JMP_FAR, Mp);
        row("FF /6 d64", PUSH, Ev);
    }

    /** x87. Memory forms first, then the register forms of each opcode. */
    private static void x87() {
        row("D8 /0", FADD, Md);
        row("D8 /1", FMUL, Md);
        row("D8 /2", FCOM, Md);
        row("D8 /3", FCOMP, Md);
        row("D8 /4", FSUB, Md);
        row("D8 /5", FSUBR, Md);
        row("D8 /6", FDIV, Md);
        row("D8 /7", FDIVR, Md);
        row("DC /0", FADD, Mq);
        row("DC /1", FMUL, Mq);
        row("DC /2", FCOM, Mq);
        row("DC /3", FCOMP, Mq);
        row("DC /4", FSUB, Mq);
        row("DC /5", FSUBR, Mq);
        row("DC /6", FDIV, Mq);
        row("DC /7", FDIVR, Mq);
        row("DA /0", FIADD, Md);
        row("DA /1", FIMUL, Md);
        row("DA /2", FICOM, Md);
        row("DA /3", FICOMP, Md);
        row("DA /4", FISUB, Md);
        row("DA /5", FISUBR, Md);
        row("DA /6", FIDIV, Md);
        row("DA /7", FIDIVR, Md);
        row("DE /0", FIADD, Mw);
        row("DE /1", FIMUL, Mw);
        row("DE /2", FICOM, Mw);
        row("DE /3", FICOMP, Mw);
        row("DE /4", FISUB, Mw);
        row("DE /5", FISUBR, Mw);
        row("DE /6", FIDIV, Mw);
        row("DE /7", FIDIVR, Mw);
        row("D8 /0", FADD, ST0, STi);
        row("D8 /1", FMUL, ST0, STi);
        row("D8 /2", FCOM, STi);
        row("D8 /3", FCOMP, STi);
        row("D8 /4", FSUB, ST0, STi);
        row("D8 /5", FSUBR, ST0, STi);
        row("D8 /6", FDIV, ST0, STi);
        row("D8 /7", FDIVR, ST0, STi);
        row("DC /0", FADD, STi, ST0);
        row("DC /1", FMUL, STi, ST0);
        row("DC /2", FCOM, STi);
        row("DC /3", FCOMP, STi);
        row("DC /4", FSUBR, STi, ST0);
        row("DC /5", FSUB, STi, ST0);
        row("DC /6", FDIVR, STi, ST0);
        row("DC /7", FDIV, STi, ST0);
        row("D9 /0", FLD, Md);
        row("D9 /2", FST, Md);
        row("D9 /3", FSTP, Md);
        row("D9 /4", FLDENV, M);
        row("D9 /5", FLDCW, Mw);
        row("D9 /6", FNSTENV, M);
        row("D9 /7", FNSTCW, Mw);
        row("D9 /0", FLD, STi);
        row("D9 /1", FXCH, STi);
        row("D9 D0", FNOP);
        row("D9 /3", FSTP, STi);
        row("D9 E0", FCHS);
        row("D9 E1", FABS);
        row("D9 E4", FTST);
        row("D9 E5", FXAM);
        row("D9 E8", FLD1);
        row("D9 E9", FLDL2T);
        row("D9 EA", FLDL2E);
        row("D9 EB", FLDPI);
        row("D9 EC", FLDLG2);
        row("D9 ED", FLDLN2);
        row("D9 EE", FLDZ);
        row("D9 F0", F2XM1);
        row("D9 F1", FYL2X);
        row("D9 F2", FPTAN);
        row("D9 F3", FPATAN);
        row("D9 F4", FXTRACT);
        row("D9 F5", FPREM1);
        row("D9 F6", FDECSTP);
        row("D9 F7", FINCSTP);
        row("D9 F8", FPREM);
        row("D9 F9", FYL2XP1);
        row("D9 FA", FSQRT);
        row("D9 FB", FSINCOS);
        row("D9 FC", FRNDINT);
        row("D9 FD", FSCALE);
        row("D9 FE", FSIN);
        row("D9 FF", FCOS);
        row("DA /0", FCMOVB, ST0, STi);
        row("DA /1", FCMOVE, ST0, STi);
        row("DA /2", FCMOVBE, ST0, STi);
        row("DA /3", FCMOVU, ST0, STi);
        row("DA E9", FUCOMPP);
        row("DB /0", FILD, Md);
        row("DB /1", FISTTP, Md);
        row("DB /2", FIST, Md);
        row("DB /3", FISTP, Md);
        row("DB /5", FLD, Mt);
        row("DB /7", FSTP, Mt);
        row("DB /0", FCMOVNB, ST0, STi);
        row("DB /1", FCMOVNE, ST0, STi);
        row("DB /2", FCMOVNBE, ST0, STi);
        row("DB /3", FCMOVNU, ST0, STi);
        row("DB E0", FNENI);
        row("DB E1", FNDISI);
        row("DB E2", FNCLEX);
        row("DB E3", FNINIT);
        row("DB E4", FNSETPM);
        row("DB /5", FUCOMI, ST0, STi);
        row("DB /6", FCOMI, ST0, STi);
        row("DD /0", FLD, Mq);
        row("DD /1", FISTTP, Mq);
        row("DD /2", FST, Mq);
        row("DD /3", FSTP, Mq);
        row("DD /4", FRSTOR, M);
        row("DD /6", FNSAVE, M);
        row("DD /7", FNSTSW, Mw);
        row("DD /0", FFREE, STi);
        row("DD /1", FXCH, STi);
        row("DD /2", FST, STi);
        row("DD /3", FSTP, STi);
        row("DD /4", FUCOM, STi);
        row("DD /5", FUCOMP, STi);
        row("DE /0", FADDP, STi, ST0);
        row("DE /1", FMULP, STi, ST0);
        row("DE /2", FCOMP, STi);
        row("DE D9", FCOMPP);
        row("DE /4", FSUBRP, STi, ST0);
        row("DE /5", FSUBP, STi, ST0);
        row("DE /6", FDIVRP, STi, ST0);
        row("DE /7", FDIVP, STi, ST0);
        row("DF /0", FILD, Mw);
        row("DF /1", FISTTP, Mw);
        row("DF /2", FIST, Mw);
        row("DF /3", FISTP, Mw);
        row("DF /4", FBLD, Mt);
        row("DF /5", FILD, Mq);
        row("DF /6", FBSTP, Mt);
        row("DF /7", FISTP, Mq);
        row("DF /0", FFREEP, STi);
        row("DF /1", FXCH, STi);
        row("DF /2", FSTP, STi);
        row("DF /3", FSTP, STi);
        row("DF E0", FNSTSW, AX);
        row("DF /5", FUCOMIP, ST0, STi);
        row("DF /6", FCOMIP, ST0, STi);
    }

    /** 0F 00 and 0F 01. */
    private static void systemGroups() {
        row("0F 00 /0", SLDT, Rv_Mw);
        row("0F 00 /1", STR, Rv_Mw);
        row("0F 00 /2", LLDT, Ew);
        row("0F 00 /3", LTR, Ew);
        row("0F 00 /4", VERR, Ew);
        row("0F 00 /5", VERW, Ew);
        row("0F 01 /0 f64", SGDT, Ms);
        row("0F 01 /1 f64", SIDT, Ms);
        row("0F 01 /2 f64", LGDT, Ms);
        row("0F 01 /3 f64", LIDT, Ms);
        row("0F 01 /4", SMSW, Rv_Mw);
        row("F3 0F 01 /5", RSTORSSP, Mq);
        row("0F 01 /6", LMSW, Ew);
        row("0F 01 /7", INVLPG, Mb);
        row("NP 0F 01 C0", ENCLV);
        row("NP 0F 01 C1", VMCALL);
        row("NP 0F 01 C2", VMLAUNCH);
        row("NP 0F 01 C3", VMRESUME);
        row("NP 0F 01 C4", VMXOFF);
        row("NP 0F 01 C5", PCONFIG);
        row("NP 0F 01 C6", UNKNOWN);
        row("NP 0F 01 C8", MONITOR);
        row("NP 0F 01 C9", MWAIT);
        row("NP 0F 01 CA", CLAC);
        row("NP 0F 01 CB", STAC);
        row("F2 0F 01 CA", UNKNOWN);
        row("NP 0F 01 CF", ENCLS);
        row("NP 0F 01 D0", XGETBV);
        row("NP 0F 01 D1", XSETBV);
        row("NP 0F 01 D4", VMFUNC);
        row("NP 0F 01 D5", XEND);
        row("NP 0F 01 D6", XTEST);
        row("NP 0F 01 D7", ENCLU);
        row("0F 01 D8", VMRUN);
        row("F3 0F 01 D9", VMGEXIT);
        row("F2 0F 01 D9", VMGEXIT);
        row("0F 01 D9", VMMCALL);
        row("0F 01 DA", VMLOAD);
        row("0F 01 DB", VMSAVE);
        row("0F 01 DC", STGI);
        row("0F 01 DD", CLGI);
        row("0F 01 DE", SKINIT);
        row("0F 01 DF", INVLPGA);
        row("F3 0F 01 E8", SETSSBSY);
        row("NP 0F 01 E8", SERIALIZE);
        row("F2 0F 01 E8", UNKNOWN);
        row("F2 0F 01 E9", UNKNOWN);
        row("F3 0F 01 EA", SAVEPREVSSP);
        row("F3 0F 01 EC", UNKNOWN);
        row("F3 0F 01 ED", UNKNOWN);
        row("NP 0F 01 EE", RDPKRU);
        row("F3 0F 01 EE", UNKNOWN);
        row("NP 0F 01 EF", WRPKRU);
        row("F3 0F 01 EF", UNKNOWN);
        row("0F 01 F8 o64", SWAPGS);
        row("0F 01 F9", RDTSCP);
        row("NP 0F 01 FA", MONITORX);
        row("NP 0F 01 FB", MWAITX);
        row("NP 0F 01 FC", CLZERO);
        row("NP 0F 01 FD", RDPRU);
        row("NP 0F 01 FE", INVLPGB);
        row("NP 0F 01 FF", TLBSYNC);
        row("F3 0F 01 FE", RMPADJUST);
        row("F2 0F 01 FE", RMPUPDATE);
        row("F3 0F 01 FF", PSMASH);
        row("F2 0F 01 FF", PVALIDATE);
    }

    /** 0F 02 to 0F 0F, and the hints of 0F 18 to 0F 1F: what no extension has taken is a NOP. */
    private static void hints() {
        row("0F 02", LAR, Gv, Rv_Mw);
        row("0F 03", LSL, Gv, Rv_Mw);
        row("0F 05", SYSCALL);
        row("0F 06", CLTS);
        row("0F 07", SYSRET);
        row("0F 08", INVD);
        row("F3 0F 09", WBNOINVD);
        row("0F 09", WBINVD);
        row("0F 0B", UD2);
        row("0F 0D /1", PREFETCHW, Mb);
        row("0F 0D /2", PREFETCHWT1, Mb);
        row("0F 0D", PREFETCH, Mb);
        row("0F 0D", NOP, Ev);
        row("0F 18 /0", PREFETCHNTA, Mb);
        row("0F 18 /1", PREFETCHT0, Mb);
        row("0F 18 /2", PREFETCHT1, Mb);
        row("0F 18 /3", PREFETCHT2, Mb);
        row("0F 18", NOP, Ev);
        row("0F 19", NOP, Ev);
        row("0F 1A", NOP, Ev);
        row("0F 1B", NOP, Ev);
        row("NP 0F 1C /0", CLDEMOTE, Mb);
        row("0F 1C", NOP, Ev);
        row("0F 1D", NOP, Ev);
        row("F3 0F 1E FA", ENDBR64);
        row("F3 0F 1E FB", ENDBR32);
        row("F3 0F 1E /1", RDSSP, Ry);
        row("0F 1E", NOP, Ev);
        row("0F 1F", NOP, Ev);
    }

    /** Control and debug registers; ModRM.mod is ignored (SDM volume 2, MOV to/from control registers). */
    private static void controlRegisters() {
        row("0F 20 f64", MOV, RMn, Cn);
        row("0F 21 f64", MOV, RMn, Dn);
        row("0F 22 f64", MOV, Cn, RMn);
        row("0F 23 f64", MOV, Dn, RMn);
    }

    /** 0F 30 to 0F 4F. */
    private static void msrsAndConditionalMoves() {
        row("0F 30", WRMSR);
        row("0F 31", RDTSC);
        row("0F 32", RDMSR);
        row("0F 33", RDPMC);
        row("0F 34", SYSENTER);
        row("0F 35", SYSEXIT);
        row("NP 0F 37", GETSEC);
        row("0F 40+cc", CMOVCC, Gv, Ev);
    }

    /** 0F 80 to 0F CF without MMX and SSE. */
    private static void twoByte() {
        row("0F 80+cc f64", JCC, Jz);
        row("0F 90+cc", SETCC, Eb);
        row("0F A0 d64", PUSH, FS);
        row("0F A1 d64", POP, FS);
        row("0F A2", CPUID);
        row("0F A3", BT, Ev, Gv);
        row("0F A4", SHLD, Ev, Gv, Ib);
        row("0F A5", SHLD, Ev, Gv, CL);
        row("0F A8 d64", PUSH, GS);
        row("0F A9 d64", POP, GS);
        row("0F AA", RSM);
        row("0F AB", BTS, Ev, Gv);
        row("0F AC", SHRD, Ev, Gv, Ib);
        row("0F AD", SHRD, Ev, Gv, CL);
        row("F3 0F AE /6", CLRSSBSY, Mq);
        row("66 0F AE /6", CLWB, Mb);
        row("66 0F AE /7", CLFLUSHOPT, Mb);
        row("NP 0F AE /0", FXSAVE, M);
        row("NP 0F AE /1", FXRSTOR, M);
        row("NP 0F AE /2", LDMXCSR, Md);
        row("NP 0F AE /3", STMXCSR, Md);
        row("NP 0F AE /4", XSAVE, M);
        row("NP 0F AE /5", XRSTOR, M);
        row("NP 0F AE /6", XSAVEOPT, M);
        row("NP 0F AE /7", CLFLUSH, Mb);
        row("F3 0F AE /0 o64", RDFSBASE, Ry);
        row("F3 0F AE /1 o64", RDGSBASE, Ry);
        row("F3 0F AE /2 o64", WRFSBASE, Ry);
        row("F3 0F AE /3 o64", WRGSBASE, Ry);
        row("F3 0F AE /4", PTWRITE, Ey);
        row("F3 0F AE /5", INCSSP, Ry);
        row("F3 0F AE /6", UMONITOR, Ra);
        row("F2 0F AE /6", UMWAIT, Rd);
        row("66 0F AE /6", TPAUSE, Rd);
        row("NP 0F AE /5 reg", LFENCE);
        row("NP 0F AE /6 reg", MFENCE);
        row("NP 0F AE /7 reg", SFENCE);
        row("0F AF", IMUL, Gv, Ev);
        row("0F B0", CMPXCHG, Eb, Gb);
        row("0F B1", CMPXCHG, Ev, Gv);
        row("0F B2", LSS, Gv, Mp);
        row("0F B3", BTR, Ev, Gv);
        row("0F B4", LFS, Gv, Mp);
        row("0F B5", LGS, Gv, Mp);
        row("0F B6", MOVZX, Gv, Eb);
        row("0F B7", MOVZX, Gv, Ew);
        row("F3 0F B8", POPCNT, Gv, Ev);
        row("0F B9", UD1, Gv, Ev);
        row("0F BA /4", BT, Ev, Ib);
        row("0F BA /5", BTS, Ev, Ib);
        row("0F BA /6", BTR, Ev, Ib);
        row("0F BA /7", BTC, Ev, Ib);
        row("0F BB", BTC, Ev, Gv);
        row("F3 0F BC", TZCNT, Gv, Ev);
        row("0F BC", BSF, Gv, Ev);
        row("F3 0F BD", LZCNT, Gv, Ev);
        row("0F BD", BSR, Gv, Ev);
        row("0F BE", MOVSX, Gv, Eb);
        row("0F BF", MOVSX, Gv, Ew);
        row("0F C0", XADD, Eb, Gb);
        row("0F C1", XADD, Ev, Gv);
        row("NP 0F C3", MOVNTI, My, Gy);
        row("0F C7 /1 W0", CMPXCHG8B, Mq);
        row("0F C7 /1 W1", CMPXCHG16B, Mdq);
        row("NP 0F C7 /3", XRSTORS, M);
        row("NP 0F C7 /4", XSAVEC, M);
        row("NP 0F C7 /5", XSAVES, M);
        row("NP 0F C7 /6", VMPTRLD, Mq);
        row("66 0F C7 /6", VMCLEAR, Mq);
        row("F3 0F C7 /6", VMXON, Mq);
        row("NP 0F C7 /7", VMPTRST, Mq);
        row("F3 0F C7 /6 reg", UNKNOWN);
        row("0F C7 /6", RDRAND, Rv);
        row("F3 0F C7 /7 f64", RDPID, Rv);
        row("0F C7 /7", RDSEED, Rv);
        row("0F C8+r", BSWAP, Zv);
        row("0F FF", UD0, Gv, Ev);
        row("NP 0F 78 f64", VMREAD, Ev, Gv);
        row("NP 0F 79 f64", VMWRITE, Gv, Ev);
    }

    /** 0F 38 and 0F 3A without MMX and SSE. */
    private static void threeByte() {
        row("66 0F 38 80 f64", INVEPT, Gv, Mdq);
        row("66 0F 38 81 f64", INVVPID, Gv, Mdq);
        row("66 0F 38 82 f64", INVPCID, Gv, Mdq);
        row("F2 0F 38 F0", CRC32, Gy, Eb);
        row("F2 0F 38 F1", CRC32, Gy, Ev);
        row("0F 38 F0", MOVBE, Gv, Mv);
        row("0F 38 F1", MOVBE, Mv, Gv);
        row("66 0F 38 F5", WRUSS, My, Gy);
        row("NP 0F 38 F6", WRSS, My, Gy);
        row("66 0F 38 F6", ADCX, Gy, Ey);
        row("F3 0F 38 F6", ADOX, Gy, Ey);
        row("66 0F 38 F8", MOVDIR64B, Ga, M);
        row("F2 0F 38 F8", ENQCMD, Ga, M);
        row("F3 0F 38 F8", ENQCMDS, Ga, M);
        row("NP 0F 38 F9", MOVDIRI, My, Gy);
        row("F3 0F 38 D8", UNKNOWN, M);
        row("F3 0F 38 DC", UNKNOWN, Vdq, Wdq);
        row("F3 0F 38 DD", UNKNOWN, Vdq, Wdq);
        row("F3 0F 38 DE", UNKNOWN, Vdq, Wdq);
        row("F3 0F 38 DF", UNKNOWN, Vdq, Wdq);
        row("F3 0F 38 FA", UNKNOWN, Vdq, Wdq);
        row("F3 0F 38 FB", UNKNOWN, Vdq, Wdq);
        row("0F 38 FC", UNKNOWN, My, Gy);
        row("F3 0F 3A F0 C0", UNKNOWN, Ib);
    }

    /** MMX and SSE: moves. */
    private static void moves() {
        row("NP 0F 10", MOVUPS, Vdq, Wdq);
        row("66 0F 10", MOVUPD, Vdq, Wdq);
        row("F3 0F 10", MOVSS, Vd, Wd);
        row("F2 0F 10", MOVSD, Vq, Wq);
        row("NP 0F 11", MOVUPS, Wdq, Vdq);
        row("66 0F 11", MOVUPD, Wdq, Vdq);
        row("F3 0F 11", MOVSS, Wd, Vd);
        row("F2 0F 11", MOVSD, Wq, Vq);
        row("NP 0F 12", MOVHLPS, Vdq, Udq);
        row("NP 0F 12", MOVLPS, Vq, Mq);
        row("66 0F 12", MOVLPD, Vq, Mq);
        row("F3 0F 12", MOVSLDUP, Vdq, Wdq);
        row("F2 0F 12", MOVDDUP, Vdq, Wq);
        row("NP 0F 13", MOVLPS, Mq, Vq);
        row("66 0F 13", MOVLPD, Mq, Vq);
        row("NP 0F 16", MOVLHPS, Vdq, Uq);
        row("NP 0F 16", MOVHPS, Vdq, Mq);
        row("66 0F 16", MOVHPD, Vdq, Mq);
        row("F3 0F 16", MOVSHDUP, Vdq, Wdq);
        row("NP 0F 17", MOVHPS, Mq, Vdq);
        row("66 0F 17", MOVHPD, Mq, Vdq);
        row("NP 0F 28", MOVAPS, Vdq, Wdq);
        row("66 0F 28", MOVAPD, Vdq, Wdq);
        row("NP 0F 29", MOVAPS, Wdq, Vdq);
        row("66 0F 29", MOVAPD, Wdq, Vdq);
        row("NP 0F 2B", MOVNTPS, Mdq, Vdq);
        row("66 0F 2B", MOVNTPD, Mdq, Vdq);
        row("F3 0F 2B", MOVNTSS, Md, Vd);
        row("F2 0F 2B", MOVNTSD, Mq, Vq);
        row("NP 0F 50", MOVMSKPS, Gy, Udq);
        row("66 0F 50", MOVMSKPD, Gy, Udq);
        row("NP 0F 6E W0", MOVD, Pq, Ed);
        row("NP 0F 6E W1", MOVQ, Pq, Eq);
        row("66 0F 6E W0", MOVD, Vdq, Ed);
        row("66 0F 6E W1", MOVQ, Vdq, Eq);
        row("NP 0F 7E W0", MOVD, Ed, Pd);
        row("NP 0F 7E W1", MOVQ, Eq, Pq);
        row("66 0F 7E W0", MOVD, Ed, Vd);
        row("66 0F 7E W1", MOVQ, Eq, Vq);
        row("F3 0F 7E", MOVQ, Vdq, Wq);
        row("66 0F D6", MOVQ, Wq, Vq);
        row("NP 0F 6F", MOVQ, Pq, Qq);
        row("66 0F 6F", MOVDQA, Vdq, Wdq);
        row("F3 0F 6F", MOVDQU, Vdq, Wdq);
        row("NP 0F 7F", MOVQ, Qq, Pq);
        row("66 0F 7F", MOVDQA, Wdq, Vdq);
        row("F3 0F 7F", MOVDQU, Wdq, Vdq);
        row("F3 0F D6", MOVQ2DQ, Vdq, Nq);
        row("F2 0F D6", MOVDQ2Q, Pq, Uq);
        row("NP 0F D7", PMOVMSKB, Gy, Nq);
        row("66 0F D7", PMOVMSKB, Gy, Udq);
        row("NP 0F E7", MOVNTQ, Mq, Pq);
        row("66 0F E7", MOVNTDQ, Mdq, Vdq);
        row("66 0F 38 2A", MOVNTDQA, Vdq, Mdq);
        row("F2 0F F0", LDDQU, Vdq, Mdq);
        row("NP 0F F7", MASKMOVQ, Pq, Nq);
        row("66 0F F7", MASKMOVDQU, Vdq, Udq);
        row("NP 0F 77", EMMS);
    }

    /** SSE: floating point. */
    private static void floatingPoint() {
        row("NP 0F 14", UNPCKLPS, Vdq, Wdq);
        row("66 0F 14", UNPCKLPD, Vdq, Wdq);
        row("NP 0F 15", UNPCKHPS, Vdq, Wdq);
        row("66 0F 15", UNPCKHPD, Vdq, Wdq);
        row("NP 0F 2A", CVTPI2PS, Vq, Qq);
        row("66 0F 2A", CVTPI2PD, Vdq, Qq);
        row("F3 0F 2A", CVTSI2SS, Vd, Ey);
        row("F2 0F 2A", CVTSI2SD, Vq, Ey);
        row("NP 0F 2C", CVTTPS2PI, Pq, Wq);
        row("66 0F 2C", CVTTPD2PI, Pq, Wdq);
        row("F3 0F 2C", CVTTSS2SI, Gy, Wd);
        row("F2 0F 2C", CVTTSD2SI, Gy, Wq);
        row("NP 0F 2D", CVTPS2PI, Pq, Wq);
        row("66 0F 2D", CVTPD2PI, Pq, Wdq);
        row("F3 0F 2D", CVTSS2SI, Gy, Wd);
        row("F2 0F 2D", CVTSD2SI, Gy, Wq);
        row("NP 0F 2E", UCOMISS, Vd, Wd);
        row("66 0F 2E", UCOMISD, Vq, Wq);
        row("NP 0F 2F", COMISS, Vd, Wd);
        row("66 0F 2F", COMISD, Vq, Wq);
        floating("51", SQRTPS, SQRTPD, SQRTSS, SQRTSD);
        floating("58", ADDPS, ADDPD, ADDSS, ADDSD);
        floating("59", MULPS, MULPD, MULSS, MULSD);
        floating("5C", SUBPS, SUBPD, SUBSS, SUBSD);
        floating("5D", MINPS, MINPD, MINSS, MINSD);
        floating("5E", DIVPS, DIVPD, DIVSS, DIVSD);
        floating("5F", MAXPS, MAXPD, MAXSS, MAXSD);
        row("NP 0F 52", RSQRTPS, Vdq, Wdq);
        row("F3 0F 52", RSQRTSS, Vd, Wd);
        row("NP 0F 53", RCPPS, Vdq, Wdq);
        row("F3 0F 53", RCPSS, Vd, Wd);
        row("NP 0F 54", ANDPS, Vdq, Wdq);
        row("66 0F 54", ANDPD, Vdq, Wdq);
        row("NP 0F 55", ANDNPS, Vdq, Wdq);
        row("66 0F 55", ANDNPD, Vdq, Wdq);
        row("NP 0F 56", ORPS, Vdq, Wdq);
        row("66 0F 56", ORPD, Vdq, Wdq);
        row("NP 0F 57", XORPS, Vdq, Wdq);
        row("66 0F 57", XORPD, Vdq, Wdq);
        row("NP 0F 5A", CVTPS2PD, Vdq, Wq);
        row("66 0F 5A", CVTPD2PS, Vdq, Wdq);
        row("F3 0F 5A", CVTSS2SD, Vq, Wd);
        row("F2 0F 5A", CVTSD2SS, Vd, Wq);
        row("NP 0F 5B", CVTDQ2PS, Vdq, Wdq);
        row("66 0F 5B", CVTPS2DQ, Vdq, Wdq);
        row("F3 0F 5B", CVTTPS2DQ, Vdq, Wdq);
        row("66 0F E6", CVTTPD2DQ, Vdq, Wdq);
        row("F3 0F E6", CVTDQ2PD, Vdq, Wq);
        row("F2 0F E6", CVTPD2DQ, Vdq, Wdq);
        row("66 0F 7C", HADDPD, Vdq, Wdq);
        row("F2 0F 7C", HADDPS, Vdq, Wdq);
        row("66 0F 7D", HSUBPD, Vdq, Wdq);
        row("F2 0F 7D", HSUBPS, Vdq, Wdq);
        row("66 0F D0", ADDSUBPD, Vdq, Wdq);
        row("F2 0F D0", ADDSUBPS, Vdq, Wdq);
        row("NP 0F C2", CMPPS, Vdq, Wdq, Ib);
        row("66 0F C2", CMPPD, Vdq, Wdq, Ib);
        row("F3 0F C2", CMPSS, Vd, Wd, Ib);
        row("F2 0F C2", CMPSD, Vq, Wq, Ib);
        row("NP 0F C6", SHUFPS, Vdq, Wdq, Ib);
        row("66 0F C6", SHUFPD, Vdq, Wdq, Ib);
        row("66 0F 78 /0", EXTRQ, Udq, Ib, Ib);
        row("F2 0F 78", INSERTQ, Vdq, Udq, Ib, Ib);
        row("66 0F 79", EXTRQ, Vdq, Udq);
        row("F2 0F 79", INSERTQ, Vdq, Udq);
        row("66 0F 38 14", BLENDVPS, Vdq, Wdq, XMM0);
        row("66 0F 38 15", BLENDVPD, Vdq, Wdq, XMM0);
        row("66 0F 3A 08", ROUNDPS, Vdq, Wdq, Ib);
        row("66 0F 3A 09", ROUNDPD, Vdq, Wdq, Ib);
        row("66 0F 3A 0A", ROUNDSS, Vd, Wd, Ib);
        row("66 0F 3A 0B", ROUNDSD, Vq, Wq, Ib);
        row("66 0F 3A 0C", BLENDPS, Vdq, Wdq, Ib);
        row("66 0F 3A 0D", BLENDPD, Vdq, Wdq, Ib);
        row("66 0F 3A 17", EXTRACTPS, Ed, Vdq, Ib);
        row("66 0F 3A 21", INSERTPS, Vdq, Wd, Ib);
        row("66 0F 3A 40", DPPS, Vdq, Wdq, Ib);
        row("66 0F 3A 41", DPPD, Vdq, Wdq, Ib);
    }

    /** MMX and SSE2: the same operation on MMX without a prefix and on XMM with 66. */
    private static void packedIntegers() {
        row("NP 0F 60", PUNPCKLBW, Pq, Qd);
        row("66 0F 60", PUNPCKLBW, Vdq, Wdq);
        row("NP 0F 61", PUNPCKLWD, Pq, Qd);
        row("66 0F 61", PUNPCKLWD, Vdq, Wdq);
        row("NP 0F 62", PUNPCKLDQ, Pq, Qd);
        row("66 0F 62", PUNPCKLDQ, Vdq, Wdq);
        packed("0F 63", PACKSSWB);
        packed("0F 64", PCMPGTB);
        packed("0F 65", PCMPGTW);
        packed("0F 66", PCMPGTD);
        packed("0F 67", PACKUSWB);
        packed("0F 68", PUNPCKHBW);
        packed("0F 69", PUNPCKHWD);
        packed("0F 6A", PUNPCKHDQ);
        packed("0F 6B", PACKSSDW);
        packed("0F 74", PCMPEQB);
        packed("0F 75", PCMPEQW);
        packed("0F 76", PCMPEQD);
        packed("0F D1", PSRLW);
        packed("0F D2", PSRLD);
        packed("0F D3", PSRLQ);
        packed("0F D4", PADDQ);
        packed("0F D5", PMULLW);
        packed("0F D8", PSUBUSB);
        packed("0F D9", PSUBUSW);
        packed("0F DA", PMINUB);
        packed("0F DB", PAND);
        packed("0F DC", PADDUSB);
        packed("0F DD", PADDUSW);
        packed("0F DE", PMAXUB);
        packed("0F DF", PANDN);
        packed("0F E0", PAVGB);
        packed("0F E1", PSRAW);
        packed("0F E2", PSRAD);
        packed("0F E3", PAVGW);
        packed("0F E4", PMULHUW);
        packed("0F E5", PMULHW);
        packed("0F E8", PSUBSB);
        packed("0F E9", PSUBSW);
        packed("0F EA", PMINSW);
        packed("0F EB", POR);
        packed("0F EC", PADDSB);
        packed("0F ED", PADDSW);
        packed("0F EE", PMAXSW);
        packed("0F EF", PXOR);
        packed("0F F1", PSLLW);
        packed("0F F2", PSLLD);
        packed("0F F3", PSLLQ);
        packed("0F F4", PMULUDQ);
        packed("0F F5", PMADDWD);
        packed("0F F6", PSADBW);
        packed("0F F8", PSUBB);
        packed("0F F9", PSUBW);
        packed("0F FA", PSUBD);
        packed("0F FB", PSUBQ);
        packed("0F FC", PADDB);
        packed("0F FD", PADDW);
        packed("0F FE", PADDD);
        packed("0F 38 00", PSHUFB);
        packed("0F 38 01", PHADDW);
        packed("0F 38 02", PHADDD);
        packed("0F 38 03", PHADDSW);
        packed("0F 38 04", PMADDUBSW);
        packed("0F 38 05", PHSUBW);
        packed("0F 38 06", PHSUBD);
        packed("0F 38 07", PHSUBSW);
        packed("0F 38 08", PSIGNB);
        packed("0F 38 09", PSIGNW);
        packed("0F 38 0A", PSIGND);
        packed("0F 38 0B", PMULHRSW);
        packed("0F 38 1C", PABSB);
        packed("0F 38 1D", PABSW);
        packed("0F 38 1E", PABSD);
        row("NP 0F 3A 0F", PALIGNR, Pq, Qq, Ib);
        row("66 0F 3A 0F", PALIGNR, Vdq, Wdq, Ib);
        row("NP 0F 71 /2", PSRLW, Nq, Ib);
        row("66 0F 71 /2", PSRLW, Udq, Ib);
        row("NP 0F 71 /4", PSRAW, Nq, Ib);
        row("66 0F 71 /4", PSRAW, Udq, Ib);
        row("NP 0F 71 /6", PSLLW, Nq, Ib);
        row("66 0F 71 /6", PSLLW, Udq, Ib);
        row("NP 0F 72 /2", PSRLD, Nq, Ib);
        row("66 0F 72 /2", PSRLD, Udq, Ib);
        row("NP 0F 72 /4", PSRAD, Nq, Ib);
        row("66 0F 72 /4", PSRAD, Udq, Ib);
        row("NP 0F 72 /6", PSLLD, Nq, Ib);
        row("66 0F 72 /6", PSLLD, Udq, Ib);
        row("NP 0F 73 /2", PSRLQ, Nq, Ib);
        row("66 0F 73 /2", PSRLQ, Udq, Ib);
        row("NP 0F 73 /6", PSLLQ, Nq, Ib);
        row("66 0F 73 /6", PSLLQ, Udq, Ib);
        row("66 0F 73 /3", PSRLDQ, Udq, Ib);
        row("66 0F 73 /7", PSLLDQ, Udq, Ib);
        row("66 0F 6C", PUNPCKLQDQ, Vdq, Wdq);
        row("66 0F 6D", PUNPCKHQDQ, Vdq, Wdq);
        row("NP 0F 70", PSHUFW, Pq, Qq, Ib);
        row("66 0F 70", PSHUFD, Vdq, Wdq, Ib);
        row("F3 0F 70", PSHUFHW, Vdq, Wdq, Ib);
        row("F2 0F 70", PSHUFLW, Vdq, Wdq, Ib);
        row("NP 0F C4", PINSRW, Pq, Rd_Mw, Ib);
        row("66 0F C4", PINSRW, Vdq, Rd_Mw, Ib);
        row("NP 0F C5", PEXTRW, Gd, Nq, Ib);
        row("66 0F C5", PEXTRW, Gd, Udq, Ib);
    }

    /** SSE4, AES, SHA and others on XMM only. */
    private static void xmmOnly() {
        row("66 0F 38 10", PBLENDVB, Vdq, Wdq, XMM0);
        row("66 0F 38 17", PTEST, Vdq, Wdq);
        row("66 0F 38 28", PMULDQ, Vdq, Wdq);
        row("66 0F 38 29", PCMPEQQ, Vdq, Wdq);
        row("66 0F 38 2B", PACKUSDW, Vdq, Wdq);
        row("66 0F 38 37", PCMPGTQ, Vdq, Wdq);
        row("66 0F 38 38", PMINSB, Vdq, Wdq);
        row("66 0F 38 39", PMINSD, Vdq, Wdq);
        row("66 0F 38 3A", PMINUW, Vdq, Wdq);
        row("66 0F 38 3B", PMINUD, Vdq, Wdq);
        row("66 0F 38 3C", PMAXSB, Vdq, Wdq);
        row("66 0F 38 3D", PMAXSD, Vdq, Wdq);
        row("66 0F 38 3E", PMAXUW, Vdq, Wdq);
        row("66 0F 38 3F", PMAXUD, Vdq, Wdq);
        row("66 0F 38 40", PMULLD, Vdq, Wdq);
        row("66 0F 38 41", PHMINPOSUW, Vdq, Wdq);
        row("66 0F 38 CF", GF2P8MULB, Vdq, Wdq);
        row("66 0F 38 DB", AESIMC, Vdq, Wdq);
        row("66 0F 38 DC", AESENC, Vdq, Wdq);
        row("66 0F 38 DD", AESENCLAST, Vdq, Wdq);
        row("66 0F 38 DE", AESDEC, Vdq, Wdq);
        row("66 0F 38 DF", AESDECLAST, Vdq, Wdq);
        row("66 0F 38 20", PMOVSXBW, Vdq, Wq);
        row("66 0F 38 21", PMOVSXBD, Vdq, Wd);
        row("66 0F 38 22", PMOVSXBQ, Vdq, Ww);
        row("66 0F 38 23", PMOVSXWD, Vdq, Wq);
        row("66 0F 38 24", PMOVSXWQ, Vdq, Wd);
        row("66 0F 38 25", PMOVSXDQ, Vdq, Wq);
        row("66 0F 38 30", PMOVZXBW, Vdq, Wq);
        row("66 0F 38 31", PMOVZXBD, Vdq, Wd);
        row("66 0F 38 32", PMOVZXBQ, Vdq, Ww);
        row("66 0F 38 33", PMOVZXWD, Vdq, Wq);
        row("66 0F 38 34", PMOVZXWQ, Vdq, Wd);
        row("66 0F 38 35", PMOVZXDQ, Vdq, Wq);
        row("NP 0F 38 C8", SHA1NEXTE, Vdq, Wdq);
        row("NP 0F 38 C9", SHA1MSG1, Vdq, Wdq);
        row("NP 0F 38 CA", SHA1MSG2, Vdq, Wdq);
        row("NP 0F 38 CC", SHA256MSG1, Vdq, Wdq);
        row("NP 0F 38 CD", SHA256MSG2, Vdq, Wdq);
        row("NP 0F 38 CB", SHA256RNDS2, Vdq, Wdq, XMM0);
        row("NP 0F 3A CC", SHA1RNDS4, Vdq, Wdq, Ib);
        row("66 0F 3A 0E", PBLENDW, Vdq, Wdq, Ib);
        row("66 0F 3A 42", MPSADBW, Vdq, Wdq, Ib);
        row("66 0F 3A 44", PCLMULQDQ, Vdq, Wdq, Ib);
        row("66 0F 3A 60", PCMPESTRM, Vdq, Wdq, Ib);
        row("66 0F 3A 61", PCMPESTRI, Vdq, Wdq, Ib);
        row("66 0F 3A 62", PCMPISTRM, Vdq, Wdq, Ib);
        row("66 0F 3A 63", PCMPISTRI, Vdq, Wdq, Ib);
        row("66 0F 3A CE", GF2P8AFFINEQB, Vdq, Wdq, Ib);
        row("66 0F 3A CF", GF2P8AFFINEINVQB, Vdq, Wdq, Ib);
        row("66 0F 3A DF", AESKEYGENASSIST, Vdq, Wdq, Ib);
        row("66 0F 3A 14", PEXTRB, Rd_Mb, Vdq, Ib);
        row("66 0F 3A 15", PEXTRW, Rd_Mw, Vdq, Ib);
        row("66 0F 3A 16 W0", PEXTRD, Ed, Vdq, Ib);
        row("66 0F 3A 16 W1", PEXTRQ, Eq, Vdq, Ib);
        row("66 0F 3A 20", PINSRB, Vdq, Rd_Mb, Ib);
        row("66 0F 3A 22 W0", PINSRD, Vdq, Ed, Ib);
        row("66 0F 3A 22 W1", PINSRQ, Vdq, Eq, Ib);
    }

    /** One of the eight operations of the opcodes 00..3F and of group 1. */
    private static void arithmetic(int number, Mnemonic mnemonic) {
        row(hex(number << 3), mnemonic, Eb, Gb);
        row(hex(number << 3 | 1), mnemonic, Ev, Gv);
        row(hex(number << 3 | 2), mnemonic, Gb, Eb);
        row(hex(number << 3 | 3), mnemonic, Gv, Ev);
        row(hex(number << 3 | 4), mnemonic, AL, Ib);
        row(hex(number << 3 | 5), mnemonic, rAX, Iz);
        row("80 /" + number, mnemonic, Eb, Ib);
        row("81 /" + number, mnemonic, Ev, Iz);
        row("82 i64 /" + number, mnemonic, Eb, Ib);
        row("83 /" + number, mnemonic, Ev, sIb);
    }

    private static void shift(int digit, Mnemonic mnemonic) {
        row("C0 /" + digit, mnemonic, Eb, Ib);
        row("C1 /" + digit, mnemonic, Ev, Ib);
        row("D0 /" + digit, mnemonic, Eb, ONE);
        row("D1 /" + digit, mnemonic, Ev, ONE);
        row("D2 /" + digit, mnemonic, Eb, CL);
        row("D3 /" + digit, mnemonic, Ev, CL);
    }

    private static void floating(String opcode, Mnemonic ps, Mnemonic pd, Mnemonic ss, Mnemonic sd) {
        row("NP 0F " + opcode, ps, Vdq, Wdq);
        row("66 0F " + opcode, pd, Vdq, Wdq);
        row("F3 0F " + opcode, ss, Vd, Wd);
        row("F2 0F " + opcode, sd, Vq, Wq);
    }

    private static void packed(String opcode, Mnemonic mnemonic) {
        row("NP " + opcode, mnemonic, Pq, Qq);
        row("66 " + opcode, mnemonic, Vdq, Wdq);
    }

    private static String hex(int opcode) {
        return HexFormat.of().withUpperCase().toHexDigits((byte) opcode);
    }

    private static void row(String encoding, Mnemonic mnemonic, OperandForm... forms) {
        Row row = new Row(Encoding.parse(encoding, forms), mnemonic, forms);
        for (int i = 0; i < row.encoding().opcodes(); i++) {
            BUILDING.get(row.encoding().map() << 8 | row.encoding().opcode() + i)
                    .add(row);
        }
    }
}
