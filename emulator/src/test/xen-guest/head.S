/* Entry, notes, exception and event entries of the test guest. */
#include "xen.h"

/* Note types: Xen's public/elfnote.h. */
#define XEN_ELFNOTE_ENTRY 1
#define XEN_ELFNOTE_HYPERCALL_PAGE 2
#define XEN_ELFNOTE_VIRT_BASE 3
#define XEN_ELFNOTE_PADDR_OFFSET 4
#define XEN_ELFNOTE_XEN_VERSION 5
#define XEN_ELFNOTE_GUEST_OS 6
#define XEN_ELFNOTE_GUEST_VERSION 7
#define XEN_ELFNOTE_LOADER 8
#define XEN_ELFNOTE_PAE_MODE 9
#define XEN_ELFNOTE_FEATURES 10

.macro note type, value:vararg
    .pushsection .note.Xen, "a", @note
    .balign 4
    .long 4, 2f - 1f, \type
    .asciz "Xen"
1:  \value
2:  .balign 4
    .popsection
.endm

    note XEN_ELFNOTE_GUEST_OS, .asciz "pvdiet-test"
    note XEN_ELFNOTE_GUEST_VERSION, .asciz "1"
    note XEN_ELFNOTE_XEN_VERSION, .asciz "xen-3.0"
    note XEN_ELFNOTE_LOADER, .asciz "generic"
    note XEN_ELFNOTE_PAE_MODE, .asciz "yes"
    note XEN_ELFNOTE_FEATURES, .asciz "!writable_page_tables|pae_pgdir_above_4gb"
    note XEN_ELFNOTE_VIRT_BASE, .quad VIRT_BASE
    note XEN_ELFNOTE_PADDR_OFFSET, .quad 0
    note XEN_ELFNOTE_ENTRY, .quad _start
    note XEN_ELFNOTE_HYPERCALL_PAGE, .quad hypercall_page

    .text
    .globl _start, hypercall_page, int80_entry, event_entry, failsafe_entry, syscall_entry, trap_entries
    .globl enter_user_mode, leave_user_mode

_start:
    mov %cs, entry_selectors
    mov %ss, entry_selectors + 2
    mov %ds, entry_selectors + 4
    pushf
    pop entry_rflags
    mov %rsp, entry_rsp
    cld
    lea stack_top(%rip), %rsp
    xor %ebp, %ebp
    mov %rsi, %rdi
    call run
    ud2

    .balign PAGE
hypercall_page:
    .skip PAGE

/* Xen pushes rcx and r11 below the frame and, for some vectors, the error code between them. */
.macro trap_entry vector, has_error_code
    .balign 64
    mov (%rsp), %rcx
    mov 8(%rsp), %r11
    .if \has_error_code
    add $16, %rsp
    .else
    add $8, %rsp
    movq $0, (%rsp)
    .endif
    push $\vector
    jmp common_entry
.endm

    .balign 64
trap_entries:
    .irp vector, 0,1,2,3,4,5,6,7
    trap_entry \vector, 0
    .endr
    trap_entry 8, 1
    trap_entry 9, 0
    .irp vector, 10,11,12,13,14
    trap_entry \vector, 1
    .endr
    trap_entry 15, 0
    trap_entry 16, 0
    trap_entry 17, 1
    trap_entry 18, 0
    trap_entry 19, 0
int80_entry:
    trap_entry 128, 0
event_entry:
    trap_entry 256, 0
failsafe_entry:
    trap_entry 257, 0
syscall_entry:
    trap_entry 258, 0

common_entry:
    .irp register, rax,rcx,rdx,rbx,rbp,rsi,rdi,r8,r9,r10,r11,r12,r13,r14,r15
    push %\register
    .endr
    cld
    mov %rsp, %rdi
    mov %rsp, %rbp
    and $-16, %rsp
    call trap
    mov %rbp, %rsp
    .irp register, r15,r14,r13,r12,r11,r10,r9,r8,rdi,rsi,rbp,rbx,rdx,rcx,rax
    pop %\register
    .endr
    /* The vector's slot is dropped, the error code's holds the flags that the iret hypercall takes. */
    add $8, %rsp
    movq $0, (%rsp)
    jmp hypercall_page + HC_iret * 32

/* enter_user_mode(rip, rsp): comes back through leave_user_mode. */
enter_user_mode:
    .irp register, rbx,rbp,r12,r13,r14,r15
    push %\register
    .endr
    mov %rsp, kernel_rsp
    pushq $FLAT_USER_SS64
    push %rsi
    pushq $0x202
    pushq $FLAT_USER_CS64
    push %rdi
    pushq $0
    jmp hypercall_page + HC_iret * 32

leave_user_mode:
    mov kernel_rsp, %rsp
    .irp register, r15,r14,r13,r12,rbp,rbx
    pop %\register
    .endr
    ret

    .bss
    .balign 16
    .skip 16384
stack_top:
kernel_rsp:
    .quad 0

    .section .note.GNU-stack, "", @progbits
